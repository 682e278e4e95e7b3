import { paint } from "../../../cli/terminal/paint.js";
import type { Terminal } from "../../../cli/terminal/terminal.js";

/** A terminal that keeps what was printed. */
export interface RecordingTerminal extends Terminal {
  readonly results: string[];
  readonly notes: string[];
}

/** Makes an empty one; not interactive. */
export function createRecordingTerminal(): RecordingTerminal {
  const results: string[] = [];
  const notes: string[] = [];
  return {
    results,
    notes,
    isInteractive: false,
    width: null,
    result: (line) => results.push(paint(line, false, (text) => text)),
    json: (value) => results.push(JSON.stringify(value)),
    note: (line) => notes.push(line),
    live: () => undefined,
  };
}
