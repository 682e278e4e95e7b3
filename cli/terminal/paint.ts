/** What a color says. */
export type Color = "good" | "bad" | "quiet";

/** A part of a line; its text may quote models and data, its color is ours. */
export interface Span {
  readonly text: string;
  readonly color?: Color;
}

/** Text to print: plain, or in parts of which some are colored. */
export type Printable = string | readonly Span[];

/** Green, red and dim. */
const CODES: Readonly<Record<Color, number>> = { good: 32, bad: 31, quiet: 2 };

/** Whether to color what goes to this stream: not into a pipe, not if NO_COLOR is set. */
export function usesColor(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const { NO_COLOR: off = "", TERM: terminal } = environment;
  return stream.isTTY === true && off === "" && terminal !== "dumb";
}

/** Joins the parts; `clean` makes each text safe before its color is added. */
export function paint(
  printable: Printable,
  isColored: boolean,
  clean: (text: string) => string,
): string {
  if (typeof printable === "string") return clean(printable);
  return printable
    .map(({ text, color }) => {
      const safe = clean(text);
      return color === undefined || !isColored ? safe : `\u001b[${CODES[color]}m${safe}\u001b[0m`;
    })
    .join("");
}

/** Color of a verdict as `describeVerdict` words it. */
export function colorOfVerdict(verdict: string): Color {
  return verdict.startsWith("right") ? "good" : "bad";
}
