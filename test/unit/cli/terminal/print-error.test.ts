import { describe, expect, it } from "vitest";
import { printError } from "../../../../cli/terminal/print-error.js";
import { WhetstoneError } from "../../../../domain/errors/whetstone-error.js";
import { createRecordingTerminal } from "../recording-terminal.js";

const cause = new Error("ECONNREFUSED");
const known = new WhetstoneError("No engine answers.", {
  code: "ENGINE_UNREACHABLE",
  hint: "npx whetstone dev up",
  cause,
});

function print(error: unknown, environment: NodeJS.ProcessEnv = {}): string[] {
  const terminal = createRecordingTerminal();
  printError(terminal, error, environment);
  expect(terminal.results).toEqual([]);
  return terminal.notes;
}

describe("printError", () => {
  it("prints code, message and next step, and no stack", () => {
    expect(print(known)).toEqual([
      "error ENGINE_UNREACHABLE: No engine answers.",
      "  next: npx whetstone dev up",
    ]);
  });

  it("adds stacks of the error and its causes when asked to", () => {
    const notes = print(known, { WHETSTONE_DEBUG: "1" });
    expect(notes).toHaveLength(3);
    expect(notes[2]).toMatch(/^WhetstoneError: No engine answers\.\n +at /);
    expect(notes[2]).toContain("caused by: Error: ECONNREFUSED\n");
  });

  it.each([
    [new TypeError("x is not a function"), "x is not a function"],
    [new Error(""), "Something went wrong without a message."],
    ["just text", "just text"],
  ])("wraps foreign errors: %s", (error, message) => {
    expect(print(error)).toEqual([
      `error UNEXPECTED: ${message}`,
      "  next: run the same command with WHETSTONE_DEBUG=1 and report what it prints",
    ]);
  });
});
