import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createTerminal } from "../../../../cli/terminal/terminal.js";

function open(isTTY: boolean) {
  const streams = [0, 1].map(() => Object.assign(new PassThrough(), { isTTY, columns: 20 }));
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
