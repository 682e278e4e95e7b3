import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitRecords } from "../../../datasets/split-records.js";

/** The bytes cut into chunks of the given sizes, again and again. */
async function* chunk(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (let turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield await Promise.resolve(bytes.subarray(from, from + size));
    from += size;
  }
}

const split = async (text: string, sizes: readonly number[] = [1 << 20]) => {
  const records = [];
  for await (const { bytes, ...place } of splitRecords(chunk(Buffer.from(text), sizes))) {
    records.push({ text: bytes.toString(), ...place });
  }
  return records;
};

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const values = fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 1, maxLength: 6 });
const blank = fc.stringMatching(/^[\t\n\r ]{0,3}$/);

describe("splitRecords", () => {
  it("cuts lines, the last one with or without a line break", async () => {
    const expected = [
      { text: "{}\r", line: 1, column: 0, item: null },
      { text: "", line: 2, column: 0, item: null },
      { text: "x", line: 3, column: 0, item: null },
    ];
    expect(await split("{}\r\n\nx")).toEqual(expected);
    expect(await split("{}\r\n\nx\n")).toEqual(expected);
    expect(await split("")).toEqual([]);
  });

  it("splits a list into its items with their positions", async () => {
    expect(await split(' [\n  {"a": "],[\\"}"},\n  7, [1,\n2]]\n')).toEqual([
      { text: '{"a": "],[\\"}"}', line: 2, column: 2, item: 0 },
      { text: "7", line: 3, column: 2, item: 1 },
      { text: "[1,\n2]", line: 3, column: 5, item: 2 },
    ]);
    expect(await split("[ \n ]")).toEqual([]);
  });

  it("yields an empty item for a stray comma, which its reader rejects", async () => {
    expect((await split("[1,]")).map(({ text }) => text)).toEqual(["1", ""]);
    expect((await split("[,1]")).map(({ text }) => text)).toEqual(["", "1"]);
    expect((await split("[}, 1]")).map(({ text }) => text)).toEqual(["}", "1"]);
  });

  it.each([
    ['[{"a": 1}, {"b"', "the list is cut off after 1 records"],
    ["[1] [2]", "text follows the list in line 1"],
    ["[1\n]\n\nx", "text follows the list in line 4"],
  ])("refuses %o", async (text, message) => {
    await expect(split(text)).rejects.toThrow(message);
  });

  it("cuts any list, in chunks of any size, into what JSON.parse finds", async () => {
    await fc.assert(
      fc.asyncProperty(
        values,
        sizes,
        fc.nat({ max: 3 }),
        blank,
        async (given, cuts, indent, gap) => {
          const text = `${gap}${JSON.stringify(given, null, indent)}${gap}`;
          const records = await split(text, cuts);
          expect(records.map((record) => JSON.parse(record.text) as unknown)).toEqual(
            JSON.parse(JSON.stringify(given)),
          );
          expect(records).toEqual(await split(text));
        },
      ),
    );
  });

  it("splits any lines at line breaks, in chunks of any size", async () => {
    const lines = fc.array(
      fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "")),
    );
    await fc.assert(
      fc.asyncProperty(lines, sizes, async (given, cuts) => {
        const text = ["{", ...given].join("\n");
        const records = await split(`${text}\n`, cuts);
        expect(records.map((record) => record.text)).toEqual(text.split("\n"));
      }),
    );
  });
});
