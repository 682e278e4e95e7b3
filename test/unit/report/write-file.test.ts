import { execFileSync, spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolders, writeFileWhole } from "../../../report/write-file.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-write-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const isLinux = process.platform === "linux";

describe("writing a file whole", () => {
  it("creates parent folders and leaves no draft", async () => {
    const path = join(folder, "a", "b", "results.jsonl");
    await writeFileWhole(path, ["one\n", "two\n"]);
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["results.jsonl"]);
  });

  it.each(["file", "missing file"])("follows a link to a %s, and the link stays", async (kind) => {
    const target = join(folder, "elsewhere.csv");
    const link = join(folder, "link.csv");
    if (kind === "file") writeFileSync(target, "old");
    symlinkSync("elsewhere.csv", link);
    await writeFileWhole(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(lstatSync(target).isFile()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("new");
  });

  it.runIf(isLinux)("writes into a pipe, which stays a pipe", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const [content] = await Promise.all([readFile(pipe, "utf8"), writeFileWhole(pipe, "through")]);
    expect(content).toBe("through");
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it.runIf(isLinux)("reports that a device is full, and keeps the device", async () => {
    const link = join(folder, "full");
    symlinkSync("/dev/full", link);
    for (const path of ["/dev/full", link]) {
      await expect(writeFileWhole(path, "x")).rejects.toMatchObject({
        code: "OUTPUT_NOT_WRITABLE",
        message: `${path} cannot be written: ENOSPC: no space left on device, write.`,
      });
    }
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
    await writeFileWhole("/dev/null", "x");
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it.runIf(isLinux)("appends to a redirected /dev/stdout", () => {
    const module = join(import.meta.dirname, "..", "..", "..", "report", "write-file.ts");
    const script = `import { writeFileWhole } from ${JSON.stringify(module)};
      process.stdout.write("first\\n"); await writeFileWhole("/dev/stdout", "second\\n");`;
    const log = join(folder, "log");
    const run = (redirection: string) =>
      spawnSync("sh", ["-c", `node --import tsx --input-type=module -e "$SCRIPT" ${redirection}`], {
        encoding: "utf8",
        env: { ...process.env, SCRIPT: script },
      });
    expect(run("| cat").stdout).toBe("first\nsecond\n");
    writeFileSync(log, "before\n");
    run(`>> ${log}`);
    expect(readFileSync(log, "utf8")).toBe("before\nfirst\nsecond\n");
  });

  it.runIf(isLinux)("fails if the system refuses every name", async () => {
    await expect(writeFileWhole("/proc/whetstone/x/y.csv", "x")).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
      message:
        "/proc/whetstone/x/y.csv cannot be written: ENOENT: no such file or directory, mkdir '/proc/whetstone'.",
    });
    await expect(makeFolders("/proc/whetstone")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("refuses a folder", async () => {
    await expect(writeFileWhole(folder, "x")).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
