import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { makeHomeFolder } from "../make-folder.js";

/** A log above this size, in bytes, is rotated to `.1` when its process starts again. */
const maximumLogSize = 20_000_000;

/** Log file of a background process. */
export function logFile(home: string, name: string): string {
  return join(home, "logs", `${name}.log`);
}

/** Names of the background processes that have a log in this home folder, running or not. */
export function listLogs(home: string): string[] {
  try {
    const files = readdirSync(join(home, "logs")).filter((file) => file.endsWith(".log"));
    return files.map((file) => file.slice(0, -".log".length)).sort();
  } catch {
    return [];
  }
}

/** Opens a log for appending and returns its descriptor. */
export function openLog(file: string): number {
  makeHomeFolder(dirname(file));
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maximumLogSize) {
    renameSync(file, `${file}.1`);
  }
  return openSync(file, "a", 0o600);
}

/** The last non-empty lines of a log; empty if the file does not exist. Reads at most 64 KB. */
export function readLastLines(file: string, count: number): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return [];
  }
  try {
    const size = fstatSync(descriptor).size;
    const length = Math.min(size, 65_536);
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, size - length);
    const lines = buffer.toString("utf8").split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
