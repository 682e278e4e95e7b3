import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { createTerminal } from "../../../../cli/terminal/terminal.js";

function open(isTTY: boolean, columns = 20) {
  const streams = [0, 1].map(() => Object.assign(new PassThrough(), { isTTY, columns }));
  const [out, err] = streams as unknown as [NodeJS.WriteStream, NodeJS.WriteStream];
  const read = (stream: NodeJS.WriteStream) => String((stream as unknown as PassThrough).read());
  return { terminal: createTerminal(out, err), out: () => read(out), err: () => read(err) };
}

test.each([true, false])(
  "texts reach a terminal (%s) or a pipe without their controls",
  (isTTY) => {
    const { terminal, out, err } = open(isTTY);
    terminal.result("wrong: \u001b[31m\u009bm\nnext");
    terminal.note("answered \u001b]0;owned\u0007");
    expect(out()).toBe("wrong: \\x1b[31m\\x9bm\nnext\n");
    expect(err()).toBe("answered \\x1b]0;owned\\x07\n");
  },
);

test("JSON escapes characters that JSON.stringify does not", () => {
  const { terminal, out } = open(false);
  terminal.json({ text: "\u001b\u009b\u202e" });
  expect(out()).toBe('{"text":"\\u001b\\u009b\\u202e"}\n');
});

test("a live line is one line of the terminal's width, and goes away", () => {
  const { terminal, err } = open(true);
  terminal.live("12 units \u001b[2J of many more");
  expect(err()).toBe("12 units \\x1b[2J of");
  terminal.note("done");
  expect(err()).toBe("\r\u001b[2Kdone\n");
});

test("a live block replaces itself, and goes away", () => {
  const { terminal, err } = open(true);
  terminal.live(["first of two lines, long", "second"]);
  expect(err()).toBe("first of two lines,\nsecond");
  terminal.live(["third"]);
  expect(err()).toBe("\r\u001b[2K\u001b[1A\u001b[2Kthird");
  terminal.note("done");
  expect(err()).toBe("\r\u001b[2Kdone\n");
});

test("a terminal that does not tell its width is 80 columns wide", () => {
  const { terminal, err } = open(true, 0);
  terminal.live("x".repeat(100));
  expect(err()).toBe("x".repeat(79));
  expect(terminal.width).toBe(80);
});

test("only our own colors reach a terminal, and none a pipe", () => {
  const line = [{ text: "a\u001b[31m " }, { text: "wrong", color: "bad" }] as const;
  const colors = open(true);
  vi.stubEnv("NO_COLOR", "");
  vi.stubEnv("TERM", "xterm");
  colors.terminal.result(line);
  expect(colors.out()).toBe("a\\x1b[31m \u001b[31mwrong\u001b[0m\n");
  vi.stubEnv("NO_COLOR", "1");
  colors.terminal.result(line);
  expect(colors.out()).toBe("a\\x1b[31m wrong\n");
  vi.unstubAllEnvs();
  const pipe = open(false);
  pipe.terminal.result(line);
  expect(pipe.out()).toBe("a\\x1b[31m wrong\n");
  expect([colors.terminal.width, pipe.terminal.width]).toEqual([20, null]);
});
