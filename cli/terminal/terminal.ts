import { stringifyExactly } from "../../domain/json/exact-number.js";
import process from "node:process";
import { escapeControlsInJson, showControls } from "../../domain/text/control-characters.js";
import { cutText } from "../../domain/text/cut-text.js";

/**
 * Output: results go to stdout, messages for people to stderr. Lines may quote models and data files, so control
 * characters are replaced by visible escapes.
 */
export interface Terminal {
  /** Prints one or more lines of results. */
  result(line: string): void;
  /** Prints one value as a line of JSON to stdout. */
  json(value: unknown): void;
  /** Prints one line for people. */
  note(line: string): void;
  /** Prints a live line that the next `note` or `live` replaces; does nothing if stderr is not a terminal. */
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
      stdout.write(`${showControls(line)}\n`);
    },
    json(value) {
      clear();
      stdout.write(`${escapeControlsInJson(stringifyExactly(value))}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${showControls(line)}\n`);
    },
    live(line) {
      if (!isInteractive) return;
      clear();
      stderr.write(cutText(showControls(line), Math.max(0, stderr.columns - 1)));
      hasLiveLine = true;
    },
  };
}
