import { stringifyExactly } from "../../domain/json/exact-number.js";
import process from "node:process";
import { escapeControlsInJson, showControls } from "../../domain/text/control-characters.js";
import { cutText } from "../../domain/text/cut-text.js";
import type { Printable } from "../../domain/text/span.js";
import { paint, usesColor } from "./paint.js";

/**
 * Output: results go to stdout, messages for people to stderr. Lines may quote models and data files, so control
 * characters are replaced by visible escapes.
 */
export interface Terminal {
  /** Prints one or more lines of results; colors only if stdout is a terminal. */
  result(line: Printable): void;
  /** Prints one value as a line of JSON to stdout. */
  json(value: unknown): void;
  /** Prints one line for people. */
  readonly note: (line: string) => void;
  /** Prints live lines that the next `note` or `live` replaces; does nothing if stderr is not a terminal. */
  live(lines: string | readonly string[]): void;
  /** Whether `live` shows anything. */
  readonly isInteractive: boolean;
  /** Columns of stdout; null if it is not a terminal. */
  readonly width: number | null;
}

/** Width of a terminal. One that does not tell its size (`docker run -t`, `script`) says 0. */
function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns || 80;
}

/** The process's own terminal. */
export function createTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Terminal {
  const isInteractive = stderr.isTTY;
  let liveLines = 0;
  const clear = () => {
    if (liveLines > 0) stderr.write(`\r\u001b[2K${"\u001b[1A\u001b[2K".repeat(liveLines - 1)}`);
    liveLines = 0;
  };
  return {
    isInteractive,
    get width() {
      return stdout.isTTY ? columnsOf(stdout) : null;
    },
    result(line) {
      clear();
      stdout.write(`${paint(line, usesColor(stdout), showControls)}\n`);
    },
    json(value) {
      clear();
      stdout.write(`${escapeControlsInJson(stringifyExactly(value))}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${showControls(line)}\n`);
    },
    live(lines) {
      if (!isInteractive) return;
      clear();
      // A line that wrapped, or a block higher than the window, could not be erased.
      const shown = [lines].flat().slice(0, Math.max(1, stderr.rows - 1 || 24));
      const width = columnsOf(stderr) - 1;
      stderr.write(shown.map((line) => cutText(showControls(line), width)).join("\n"));
      liveLines = shown.length;
    },
  };
}
