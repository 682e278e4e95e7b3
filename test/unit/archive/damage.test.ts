import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { restoreArchive } from "../../../archive/restore-archive.js";
import { streamArchive } from "../../../archive/write-archive.js";
import { writeFileWhole } from "../../../report/write-file.js";
import { openStore } from "../../../store/open-store.js";
import type { Store } from "../../../store/store.js";
import { fillStore, listParts } from "./full-sweep.js";
import { makeFolder } from "./stores.js";

const HINT =
  "Nothing was restored. Copy the file again, or write it again: npx whetstone archive SWEEP.";

describe("a damaged archive", () => {
  const folder = makeFolder();
  let whole: Buffer;
  let lines: string[];
  let files = 0;

  beforeAll(async () => {
    const store = await openStore(`sqlite:${join(folder, "from.db")}`);
    await fillStore(store, { samples: 3, rows: [{}, {}], status: "finished" });
    const path = join(folder, "whole.gz");
    await writeFileWhole(path, streamArchive(store, (await store.getSweep("trial"))!, "all").bytes);
    await store.close();
    whole = readFileSync(path);
    lines = gunzipSync(whole).toString("utf8").trimEnd().split("\n");
  });

  /** Restores bytes; the store must not even be opened. */
  async function refuse(bytes: Uint8Array): Promise<{ path: string; error: unknown }> {
    const path = join(folder, `${files++}.gz`);
    writeFileSync(path, bytes);
    const error: unknown = await restoreArchive(
      { path, data: new Map(), withoutTexts: false },
      () => Promise.reject(new Error("the store was opened")),
    ).catch((caught: unknown) => caught);
    return { path, error };
  }

  const pack = (changed: readonly string[]) => gzipSync(`${changed.join("\n")}\n`);

  it("is refused wherever it was cut", async () => {
    for (let length = 0; length < whole.length; length += Math.ceil(whole.length / 40)) {
      const { path, error } = await refuse(whole.subarray(0, length));
      const problem = "it is truncated: its last line is missing";
      expect(error, String(length)).toMatchObject({
        code: "ARCHIVE_INVALID",
        message: `${path} is not a usable archive: ${problem}.`,
        hint: HINT,
      });
    }
  });

  it("is refused wherever a byte changed", async () => {
    for (let at = 10; at < whole.length; at += Math.ceil(whole.length / 60)) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      expect((await refuse(changed)).error, String(at)).toMatchObject({ code: "ARCHIVE_INVALID" });
    }
  });

  it.each([
    [
      "its last line is missing",
      () => lines.slice(0, -1),
      "it is truncated: its last line is missing",
    ],
    [
      "a line changed",
      () => lines.map((line) => line.replace("query 0", "query 1")),
      "its content does not have the SHA-256 that its last line names",
    ],
    [
      "a line is missing",
      () => lines.toSpliced(3, 1),
      "its content does not have the SHA-256 that its last line names",
    ],
    ["a line is no JSON", () => lines.with(3, "{"), "line 4 is not JSON"],
    ["a line follows", () => [...lines, "{}"], "line 18 follows the end"],
    ["the sweep is missing", () => lines.toSpliced(1, 1), "line 2 must be the sweep"],
    [
      "it is another sweep's",
      () =>
        lines.map((line, index) =>
          index === 1 ? line.replaceAll('"name":"trial"', '"name":"other"') : line,
        ),
      "line 2 belongs to sweep other, not to trial",
    ],
    [
      "a field is wrong",
      () => lines.map((line) => line.replace('"position":0', '"position":"0"')),
      "line 7: position: Invalid input: expected number, received string",
    ],
    ["it is another kind of file", () => ["{}"], "its first line is no header of an archive"],
  ])("is refused if %s", async (_, change, problem) => {
    const { path, error } = await refuse(pack(change()));
    expect(error).toMatchObject({
      code: "ARCHIVE_INVALID",
      message: `${path} is not a usable archive: ${problem}.`,
    });
  });

  it("is refused if it is not packed", async () => {
    const { path, error } = await refuse(Buffer.from("sweep: trial\n"));
    expect(error).toMatchObject({
      code: "ARCHIVE_INVALID",
      message: `${path} is not a usable archive: it cannot be unpacked: incorrect header check.`,
    });
  });

  it("is refused without reading a huge first line into memory", async () => {
    const { path, error } = await refuse(gzipSync("x".repeat(1_000_000)));
    expect(error).toMatchObject({
      message: `${path} is not a usable archive: its first line is too long.`,
    });
  });

  it("is refused if a newer version wrote it", async () => {
    const { path, error } = await refuse(
      pack(lines.with(0, lines[0]!.replace('"version":1', '"version":2'))),
    );
    expect(error).toMatchObject({
      code: "ARCHIVE_VERSION_NEWER",
      message: `${path} was written by Whetstone 0.1.0 in version 2 of the format; this one reads up to version 1.`,
    });
  });

  it("is missing", async () => {
    const path = join(folder, "nowhere.gz");
    const restored = restoreArchive({ path, data: new Map(), withoutTexts: false }, () =>
      Promise.reject(new Error("the store was opened")),
    );
    await expect(restored).rejects.toMatchObject({
      code: "ARCHIVE_FILE_MISSING",
      message: `${path} cannot be read: ENOENT: no such file or directory, open '${path}'.`,
    });
  });

  it("leaves nothing in the store if it changes between the check and the restore", async () => {
    const path = join(folder, "swapped.gz");
    writeFileSync(path, whole);
    const store: Store = await openStore(`sqlite:${join(folder, "swapped.db")}`);
    const restored = restoreArchive({ path, data: new Map(), withoutTexts: false }, (work) => {
      writeFileSync(path, pack(lines.slice(0, -2)));
      return work(store);
    });
    await expect(restored).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
    expect(await store.listSweeps()).toEqual([]);
    expect(await listParts(store)).toEqual([]);
    await store.close();
  });
});

describe("writing an archive", () => {
  const folder = makeFolder();

  it("leaves no file if the store fails in the middle", async () => {
    const store = await openStore(`sqlite:${join(folder, "store.db")}`);
    await fillStore(store, { samples: 3, rows: [{}], status: "finished" });
    const broken: Store = {
      ...store,
      async *readSweep(name) {
        for await (const part of store.readSweep(name)) {
          if (part.kind === "result") throw new Error("the database is gone");
          yield part;
        }
      },
    };
    const path = join(folder, "broken.gz");
    const { bytes } = streamArchive(broken, (await store.getSweep("trial"))!, "all");
    await expect(writeFileWhole(path, bytes)).rejects.toThrow("the database is gone");
    await store.close();
    expect(readdirSync(folder).filter((name) => name.includes("broken"))).toEqual([]);
  });

  it.skipIf(!existsSync("/dev/full"))("says that the disk is full", async () => {
    const store = await openStore(`sqlite:${join(folder, "full.db")}`);
    await fillStore(store, { samples: 3, rows: [{}], status: "finished" });
    const { bytes } = streamArchive(store, (await store.getSweep("trial"))!, "all");
    await expect(writeFileWhole("/dev/full", bytes)).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      message: "/dev/full cannot be written: ENOSPC: no space left on device, write.",
    });
    await store.close();
  });
});
