/** What a file is instead of UTF-8 text, and how to turn it into that. */
export interface ForeignKind {
  /** Completes "the file is ...". */
  readonly name: string;
  /** What to do, a sentence; FILE stands for the file's path. */
  readonly hint: string;
}

const unpack = { hint: "Unpack it, and name the JSON Lines file that is inside." };

/** First bytes of the kinds; of two that begin alike, the longer stands first. */
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
      hint: 'Convert it: Dataset.from_parquet("FILE").to_json("NEW_FILE"), of Hugging Face\'s datasets.',
    },
  ],
];

/** The kind of a file that is no UTF-8 text, told by its first four bytes; null if it can be text. */
export function findForeignKind(start: Uint8Array): ForeignKind | null {
  const known = KINDS.find(([bytes]) => bytes.every((byte, index) => start[index] === byte));
  if (known !== undefined) return known[1];
  // JSON begins with an ASCII character, which UTF-16 writes with a zero byte beside it.
  if (start.length < 2 || !start.subarray(0, 4).includes(0)) return null;
  const [first, second, third] = start;
  if (first === 0 && second === 0) return encoding("UTF-32BE");
  if (first === 0) return encoding("UTF-16BE");
  if (second !== 0) return null;
  return encoding(third === 0 ? "UTF-32LE" : "UTF-16LE");
}

/** Text in another encoding, by the name that iconv knows. */
export function encoding(name: string): ForeignKind {
  return { name: `${name} text`, hint: `Convert it: iconv -f ${name} -t UTF-8 FILE > NEW_FILE` };
}
