import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { RecordPlace } from "../../../datasets/read-records.js";
import { readRecords } from "../../../datasets/read-records.js";
import { sha256Hex } from "../../../domain/identity/hash.js";
import { temporaryFile } from "./temporary-file.js";

const keep = (value: unknown): unknown => value;
const read = (content: string | Uint8Array) => {
  const path = temporaryFile("data.jsonl", content);
  return { path, result: readRecords(path, [], keep) };
};
const resultsOf = async (content: string | Uint8Array) => (await read(content).result).results;

const text = '{"a": "é"}\n{"a": "😀"}\n';
const records = [{ a: "é" }, { a: "😀" }];

describe("readRecords", () => {
  it.each<[string, string | Uint8Array]>([
    ["lines", text],
    ["lines after a byte-order mark", `\uFEFF${text}`],
    ["gzipped lines", gzipSync(text)],
    [
      "lines gzipped in two parts",
      Buffer.concat([gzipSync('{"a": "é"}\n'), gzipSync('{"a": "😀"}')]),
    ],
    ["one list", JSON.stringify(records)],
    ["one list on many lines", JSON.stringify(records, null, 2)],
    ["a gzipped list after a byte-order mark", gzipSync(`\uFEFF ${JSON.stringify(records)}`)],
  ])("reads %s", async (_, content) => {
    expect(await resultsOf(content)).toEqual(records);
  });

  it("hashes the uncompressed content, so that a gzipped known file stays known", async () => {
    expect((await read(text).result).sha256).toBe(sha256Hex(text));
    expect((await read(gzipSync(text)).result).sha256).toBe(sha256Hex(text));
    expect((await read(`\uFEFF${text}`).result).sha256).toBe(sha256Hex(`\uFEFF${text}`));
  });

  it("numbers lines, blank ones too, and items of a list", async () => {
    const placesOf = async (content: string) => {
      const path = temporaryFile("data.json", content);
      const file = await readRecords(path, [], (_, { where, row }: RecordPlace) => [where, row]);
      return file.results;
    };
    expect(await placesOf("1\n\n2\n")).toEqual([
      ["line 1", 0],
      ["line 3", 1],
    ]);
    expect(await placesOf("[1, 2,\n3]")).toEqual([
      ["record 0", 0],
      ["record 1", 1],
      ["record 2 (line 2)", 2],
    ]);
  });

  it("reads a file of many chunks, plain and gzipped", async () => {
    const many = Array.from({ length: 30_000 }, (_, row) => ({ row, text: "ü😀".repeat(20) }));
    const lines = many.map((each) => `${JSON.stringify(each)}\n`).join("");
    expect(await resultsOf(lines)).toEqual(many);
    expect(await resultsOf(gzipSync(JSON.stringify(many)))).toEqual(many);
  });

  it.each<[string, string | Uint8Array, string]>([
    ["a broken line", '{}\n{"a": 1,}\n', "line 2: not valid JSON"],
    [
      "a record over several lines",
      '{\n"a": 1\n}',
      "line 1: not valid JSON: the record does not end in this line",
    ],
    ["a broken item", '[{},\n {"a": 1,}]', "record 1 (line 2): not valid JSON"],
    [
      "a list that is cut off",
      '[{}, {"a',
      "the whole file: not valid JSON: the list is cut off after 1 records",
    ],
    ["two lists", "[{}]\n[{}]", "the whole file: not valid JSON: text follows the list in line 2"],
    [
      "half a character",
      '{}\n{"a": "\\ud83d"}',
      'line 2: field "a": holds a lone surrogate (\\ud83d), half of a character',
    ],
    [
      "a bottomless record",
      `${"[".repeat(9)}${"[".repeat(200)}`,
      "the whole file: not valid JSON: the list is cut off after 0 records",
    ],
    [
      "deep lists",
      `{"a": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      'line 1: field "a.0.0.0.0.0.0.0.0.0.0.0...": nests deeper than 100 levels',
    ],
    [
      "damaged gzip data",
      Buffer.concat([gzipSync(text).subarray(0, 15), Buffer.alloc(20, 7)]),
      "the whole file: the gzip data is damaged or cut off (invalid distance too far back)",
    ],
    [
      "gzip data that is cut off",
      gzipSync(text).subarray(0, -9),
      "the whole file: the gzip data is damaged or cut off (unexpected end of file)",
    ],
  ])("refuses %s", async (_, content, problem) => {
    const { path, result } = read(content);
    await expect(result).rejects.toMatchObject({
      message: `${path}, ${problem}`,
      code: "DATA_LINE_INVALID",
    });
  });

  it.each<[string, string | Uint8Array, string, string]>([
    [
      "Latin-1",
      Buffer.from('{}\n{"a": "é"}\n', "latin1"),
      "not UTF-8 text (line 2, byte 8: 0xe9; probably Windows-1252 (Latin-1))",
      "Convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "Latin-1 in a list",
      Buffer.from('[{},\n {"a":\n "xé"}]', "latin1"),
      "not UTF-8 text (line 3, byte 4: 0xe9; probably Windows-1252 (Latin-1))",
      "Convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "Latin-1 in one line's list",
      Buffer.from('[{}, {"a": "é"}]', "latin1"),
      "not UTF-8 text (line 1, byte 13: 0xe9; probably Windows-1252 (Latin-1))",
      "Convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "Shift JIS",
      Buffer.from([0x22, 0x93, 0xfa, 0x96, 0x7b, 0x22]),
      "not UTF-8 text (line 1, byte 2: 0x93)",
      "Convert it: iconv -f ENCODING -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "UTF-16 with a mark",
      Buffer.from(`\uFEFF${text}`, "utf16le"),
      "UTF-16 text",
      "Convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "UTF-16 without one",
      Buffer.from(text, "utf16le"),
      "UTF-16LE text",
      "Convert it: iconv -f UTF-16LE -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "big-endian UTF-16",
      Buffer.from(text, "utf16le").swap16(),
      "UTF-16BE text",
      "Convert it: iconv -f UTF-16BE -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "gzipped UTF-16",
      gzipSync(Buffer.from(text, "utf16le")),
      "UTF-16LE text",
      "Convert it: iconv -f UTF-16LE -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "UTF-32",
      Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]),
      "UTF-32 text",
      "Convert it: iconv -f UTF-32 -t UTF-8 FILE > NEW_FILE",
    ],
    [
      "a zip archive",
      Buffer.from("PK\x03\x04rest"),
      "a zip archive",
      "Unpack it and use the JSON Lines file inside.",
    ],
    [
      "zstd",
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]),
      "compressed with zstd",
      "Unpack it and use the JSON Lines file inside.",
    ],
    [
      "Parquet",
      Buffer.from("PAR1rest"),
      "a Parquet file",
      'Convert it with Hugging Face\'s datasets: Dataset.from_parquet("FILE").to_json("NEW_FILE").',
    ],
  ])("refuses %s, and says how to convert it", async (_, content, kind, hint) => {
    const { path, result } = read(content);
    await expect(result).rejects.toMatchObject({
      message: `data file ${path} is ${kind}; only UTF-8 text can be read`,
      code: "DATA_FILE_UNSUPPORTED",
      hint: hint.replace("FILE", path),
    });
  });

  it.each(["", "\n \n", "[]", " [ ]\n", "\uFEFF"])(
    "says that %j contains no records",
    async (content) => {
      const { path, result } = read(content);
      await expect(result).rejects.toMatchObject({
        message: `data file ${path} contains no records`,
        code: "DATASET_EMPTY",
      });
    },
  );

  it("reads any bytes, or refuses them by a code", async () => {
    const codes = ["DATA_LINE_INVALID", "DATA_FILE_UNSUPPORTED", "DATASET_EMPTY"];
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map((json) => Buffer.from(json, "utf16le")),
      fc.json().map((json) => gzipSync(json)),
      fc.string({ unit: "binary" }).map((content) => Buffer.from(content, "latin1")),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const outcome = await read(content).result.then(
          () => "read",
          (error: unknown) => (error as { code?: unknown }).code,
        );
        expect(["read", ...codes]).toContain(outcome);
      }),
    );
  });
});
