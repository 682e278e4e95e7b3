/** A kind of file that is not UTF-8 text, and how to convert it. */
export interface ForeignKind {
  /** Completes "the file is ...". */
  readonly name: string;
  /** What to do, as a sentence; FILE stands for the file's path. */
  readonly hint: string;
}

const unpack = { hint: "Unpack it and use the JSON Lines file inside." };

/** First bytes of each kind; if two share a prefix, the longer one comes first. */
const KINDS: readonly (readonly [readonly number[], ForeignKind])[] = [
  [[0xff, 0xfe, 0x00, 0x00], encoding("UTF-32")],
  [[0x00, 0x00, 0xfe, 0xff], encoding("UTF-32")],
  [[0xff, 0xfe], encoding("UTF-16")],
  [[0xfe, 0xff], encoding("UTF-16")],
  [[0x50, 0x4b, 0x03, 0x04], { name: "a zip archive", ...unpack }],
  [[0x28, 0xb5, 0x2f, 0xfd], { name: "compressed with zstd", ...unpack }],
  [[0x42, 0x5a, 0x68], { name: "compressed with bzip2", ...unpack }],
  [[0xfd, 0x37, 0x7a, 0x58], { name: "compressed with xz", ...unpack }],
  [
    [0x50, 0x41, 0x52, 0x31],
    {
      name: "a Parquet file",
      hint: 'Convert it with Hugging Face\'s datasets: Dataset.from_parquet("FILE").to_json("NEW_FILE").',
    },
  ],
];

/** Detects a file that is not UTF-8 text by its first four bytes; null if it can be text. */
export function findForeignKind(start: Uint8Array): ForeignKind | null {
  const known = KINDS.find(([bytes]) => bytes.every((byte, index) => start[index] === byte));
  if (known !== undefined) return known[1];
  // JSON starts with an ASCII character, which UTF-16 encodes with a zero byte.
  if (start.length < 2 || !start.subarray(0, 4).includes(0)) return null;
  const [first, second, third] = start;
  if (first === 0 && second === 0) return encoding("UTF-32BE");
  if (first === 0) return encoding("UTF-16BE");
  if (second !== 0) return null;
  return encoding(third === 0 ? "UTF-32LE" : "UTF-16LE");
}

/** Text in another encoding; `name` is iconv's name for it. */
export function encoding(name: string): ForeignKind {
  return { name: `${name} text`, hint: `Convert it: iconv -f ${name} -t UTF-8 FILE > NEW_FILE` };
}
