/** Replacement names of all common lengths; our own, deliberately plain list. */
export const PROPER_WORDS: readonly string[] = (
  "Oslo Lima Nora Ivan Cairo Paris Helen Milan Simon Kenya Lisbon Harper Vienna Martin Norway Dublin " +
  "Monica Boston Geneva Valencia Caroline Santiago Portugal Brussels Michelle Hannover Nicholas " +
  "Argentina Stockholm Elizabeth Melbourne Christina Singapore Montevideo Copenhagen Alexandria Maximilian"
).split(" ");

/** Common words in lower case, of all common lengths. */
export const COMMON_WORDS: readonly string[] = (
  "tea map ship song rice lamp wolf bread piano horse river music chess cycle garden violet bridge " +
  "coffee guitar winter kitchen history weather pottery holiday painting mountain medicine notebook " +
  "swimming chocolate furniture astronomy telephone insurance basketball vegetables literature " +
  "photography architecture sustainability communication"
).split(" ");

/** Function words, which stay unchanged. */
export const KEPT_WORDS: ReadonlySet<string> = new Set(
  "the and for with from into onto per not new are was has had its all any one two three".split(
    " ",
  ),
);

export const MONTHS: readonly string[] =
  "January February March April May June July August September October November December".split(
    " ",
  );

export const WEEKDAYS: readonly string[] =
  "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
