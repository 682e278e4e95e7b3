import { closeSync, existsSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { logFile, openLog, readLastLines } from "../../../../infra/dev-stack/log-file.js";
import { makeTemporaryHome } from "./temporary-home.js";

function append(file: string, text: string): void {
  const descriptor = openLog(file);
  writeSync(descriptor, text);
  closeSync(descriptor);
}

describe("log files", () => {
  it("are appended to, and return their last non-empty lines", () => {
    const file = logFile(makeTemporaryHome(), "engine");
    append(file, "one\ntwo\n\n");
    append(file, "three\n");
    expect(readLastLines(file, 2)).toEqual(["two", "three"]);
    expect(readLastLines(file, 9)).toEqual(["one", "two", "three"]);
  });

  it("that do not exist have no lines", () => {
    expect(readLastLines(logFile(makeTemporaryHome(), "engine"), 5)).toEqual([]);
  });

  it("are rotated at the next start once they are large", () => {
    const file = logFile(makeTemporaryHome(), "engine");
    append(file, "old\n");
    truncateSync(file, 20_000_001);
    append(file, "new\n");
    expect(readFileSync(file, "utf8")).toBe("new\n");
    expect(existsSync(`${file}.1`)).toBe(true);
  });
});
