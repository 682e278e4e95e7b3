import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toExportSource } from "../../../report/export/export-source.js";
import { renderJsonl } from "../../../report/export/render-jsonl.js";
import { renderParquet } from "../../../report/export/render-parquet.js";
import { renderResultsCsv } from "../../../report/export/render-results-csv.js";
import { COLUMNS_WITHOUT_TEXTS } from "../../../report/export/result-records.js";
import { writeFileWhole } from "../../../report/write-file.js";
import { writeReport } from "../../../report/write-report.js";
import { HOSTILE, makeReportData, makeReportSweep } from "./fixtures.js";

const data = makeReportData(makeReportSweep());
const options = { temporalUiUrl: "http://127.0.0.1:8233", namespace: "default" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-write-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function readAll(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      try {
        return [[name, readFileSync(join(root, name)).toString("base64")]];
      } catch {
        return [];
      }
    }),
  );
}

describe("writeReport", () => {
  it("writes the same bytes each time, replaces an earlier report and leaves no other file", async () => {
    const out = join(folder, "deep", "report");
    const paths = await writeReport(data, out, options);
    const first = readAll(out);
    expect(Object.keys(first)).toEqual([...paths].sort());
    expect(paths).toEqual(
      expect.arrayContaining([
        "index.html",
        "tables/answers.md",
        "tables/answers.tex",
        "tables/answers.csv",
        "results.jsonl",
        "results.parquet",
        "provenance.json",
      ]),
    );
    const { sweeps } = JSON.parse(readFileSync(join(out, "provenance.json"), "utf8")) as {
      sweeps: { versions: unknown }[];
    };
    const units = data.sweeps[0]?.units ?? [];
    expect(sweeps[0]?.versions).toEqual({
      tool: { [units[0]?.toolVersion ?? ""]: units.length },
      engine: { [units[0]?.engineVersion ?? ""]: units.length },
    });
    writeFileSync(join(out, "tables", "stale.md"), "from an earlier version");
    await writeReport(data, out, options);
    expect(readAll(out)).toEqual(first);
    expect(readdirSync(join(folder, "deep"))).toEqual(["report"]);
  }, 60_000);

  it("refuses a folder that holds other files", async () => {
    writeFileSync(join(folder, "thesis.tex"), "years of work");
    await expect(writeReport(data, folder, options)).rejects.toMatchObject({
      code: "REPORT_FOLDER_OCCUPIED",
      message: `${folder} holds "thesis.tex", which does not belong to a report; a report replaces its whole folder.`,
    });
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
  });

  it("names the path it cannot write to", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(writeReport(data, join(file, "report"), options)).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      hint: "name another place by --out: one you may write to, on a disk with free space",
    });
    await expect(writeFileWhole(join(file, "x.csv"), "x")).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
    });
    mkdirSync(join(folder, "folder"));
    await expect(writeFileWhole(join(folder, "folder"), "x")).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
    });
    expect(readdirSync(folder).sort()).toEqual(["file", "folder"]);
  });
});

describe("exports", async () => {
  const sources = data.sweeps.map(toExportSource);
  const lines = await collect(renderJsonl(sources));
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it("have one JSON line per unit, traces and gold included", () => {
    expect(records).toHaveLength(40);
    expect(lines.every((line) => line.indexOf("\n") === line.length - 1)).toBe(true);
    expect(records[0]).toMatchObject({
      unit: data.sweeps[0]!.units[0]!.unitKey,
      method: "argmax-name",
      messages: [{ role: "user", content: HOSTILE }],
      gold: [{ name: "get", arguments: { of: "thing 0" } }],
    });
  });

  it("match the Parquet export, read back by another library", async () => {
    const bytes = Buffer.concat(await collect(renderParquet(sources)));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file });
    const json = new Set(["answers", "calls", "messages", "gold", "trace"]);
    const decoded = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          json.has(name) && typeof value === "string" ? (JSON.parse(value) as unknown) : value,
        ]),
      ),
    );
    expect(decoded).toEqual(records);
  });

  it("can omit texts covered by a dataset's license", async () => {
    const csv = (await collect(renderResultsCsv(sources, COLUMNS_WITHOUT_TEXTS))).join("");
    const heads = csv.split("\n")[0]?.split(",") ?? [];
    expect(heads).toContain("verdict");
    for (const name of ["messages", "gold", "answers", "calls"]) expect(heads).not.toContain(name);
    const [line = ""] = await collect(renderJsonl(sources, COLUMNS_WITHOUT_TEXTS));
    expect(Object.keys(JSON.parse(line) as object)).toEqual(heads);
  });

  it("have no cell that a spreadsheet would execute", async () => {
    const csv = (await collect(renderResultsCsv(sources))).join("");
    expect(csv.split("\n")[0]).not.toContain("trace");
    expect(csv).not.toMatch(/(^|,)"?\s*[=@]/m);
  });
});

async function collect<Piece>(pieces: AsyncIterable<Piece>): Promise<Piece[]> {
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
