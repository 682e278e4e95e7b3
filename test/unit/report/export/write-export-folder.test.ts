import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeExportFolder } from "../../../../report/export/write-export-folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-export-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

// eslint-disable-next-line @typescript-eslint/require-await
async function* files(...paths: readonly string[]) {
  for (const path of paths) yield { path, content: path };
}

it("replaces an earlier export, without stale files", async () => {
  const out = join(folder, "out");
  expect(await writeExportFolder(out, files("a", "data/b"))).toEqual(["a", "data/b"]);
  expect(await writeExportFolder(out, files("data/c"))).toEqual(["data/c"]);
  expect(readdirSync(out, { recursive: true }).sort()).toEqual([
    ".whetstone-export",
    "data",
    join("data", "c"),
  ]);
});

it("refuses a folder with files of others, and leaves it as it is", async () => {
  await writeExportFolder(join(folder, "out"), files("data/b"));
  mkdirSync(join(folder, "out", "notes"));
  writeFileSync(join(folder, "out", "notes", "mine.eval"), "");
  await expect(writeExportFolder(join(folder, "out"), files("c"))).rejects.toMatchObject({
    code: "EXPORT_FOLDER_OCCUPIED",
    message: `${join(folder, "out")} holds "notes", which no earlier export wrote; an export replaces its whole folder.`,
    hint: `--out ${join(folder, "out", "export")}`,
  });
  expect(readdirSync(folder)).toEqual(["out"]);
  expect(readdirSync(join(folder, "out", "data"))).toEqual(["b"]);
});

it("leaves nothing behind if the export fails", async () => {
  async function* broken() {
    yield* files("a");
    throw new Error("the database is gone");
  }
  await expect(writeExportFolder(join(folder, "out"), broken())).rejects.toThrow("gone");
  expect(readdirSync(folder)).toEqual([]);
});
