import process from "node:process";

/** Where a download or conversion says what it does. A terminal of the command line is one. */
export interface Report {
  /** One line. */
  note(line: string): void;
  /** A line that the next one replaces; nothing where nobody watches. */
  live(line: string): void;
  /** Whether `live` shows anything. */
  readonly isInteractive: boolean;
}

/** Lines on stderr. */
export const stderrReport: Report = {
  isInteractive: process.stderr.isTTY,
  note(line) {
    process.stderr.write(`${process.stderr.isTTY ? CLEAR : ""}${line}\n`);
  },
  live(line) {
    if (process.stderr.isTTY) process.stderr.write(CLEAR + line);
  },
};

const CLEAR = "\r\u001b[2K";
