import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../../cli/main.js";

class Exit extends Error {}

let codes: unknown[];
let printed: string;

beforeEach(() => {
  codes = [];
  printed = "";
  vi.spyOn(process, "exit").mockImplementation((code) => {
    codes.push(code);
    throw new Exit();
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("main", () => {
  it("ends the process if a command fails, despite in-flight calls", async () => {
    await expect(main(["node", "whetstone", "validate", "no-such.yaml"])).rejects.toThrow(Exit);
    expect(codes).toEqual([1]);
    expect(printed).toMatch(/^error CONFIG_\w+: .+\n {2}next: .+\n$/);
  });

  it.each(["", "validate", "dev up", "dev", "bench engine"])(
    "only sets the exit code for a wrong command line, and names the help of '%s'",
    async (command) => {
      const words = command === "" ? [] : command.split(" ");
      await main(["node", "whetstone", ...words, "--no-such"]);
      expect(codes).toEqual([]);
      expect(process.exitCode).toBe(1);
      const help = ["npx whetstone", ...words, "--help"].join(" ");
      expect(printed).toContain(`error USAGE: unknown option '--no-such'\n  next: ${help}\n`);
    },
  );
});
