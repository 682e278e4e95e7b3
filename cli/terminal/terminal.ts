import process from "node:process";
import { cutText } from "../../domain/text/cut-text.js";

/** Where output goes: results on stdout, everything meant for people on stderr. */
export interface Terminal {
  /** One line of results. */
  result(line: string): void;
  /** One line for people. */
  note(line: string): void;
  /** A live line that the next `note` or `live` replaces; does nothing where stderr is no terminal. */
  live(line: string): void;
  /** Whether `live` shows anything. */
  readonly isInteractive: boolean;
}

/** The process's own terminal. */
export function createTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Terminal {
  const isInteractive = stderr.isTTY;
  let hasLiveLine = false;
  const clear = () => {
    if (hasLiveLine) stderr.write("\r\u001b[2K");
    hasLiveLine = false;
  };
  return {
    isInteractive,
    result(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    live(line) {
      if (!isInteractive) return;
      clear();
      stderr.write(cutText(line, Math.max(0, stderr.columns - 1)));
      hasLiveLine = true;
    },
  };
}
