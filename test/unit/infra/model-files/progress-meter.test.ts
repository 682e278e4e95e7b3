import { expect, it } from "vitest";
import { createProgressMeter } from "../../../../infra/model-files/progress-meter.js";

function collect(isInteractive: boolean): { notes: string[]; lives: string[]; report: object } {
  const notes: string[] = [];
  const lives: string[] = [];
  const report = {
    isInteractive,
    note: (line: string) => notes.push(line),
    live: (line: string) => lives.push(line),
  };
  return { notes, lives, report };
}

function play(isInteractive: boolean): { notes: string[]; lives: string[] } {
  const { notes, lives, report } = collect(isInteractive);
  let now = 0;
  const meter = createProgressMeter("model m", report as never, () => now);
  for (let step = 0; step <= 50; step += 1) {
    now = step * 500;
    meter({ label: "downloading", done: 100e6 + step * 10e6, total: 600e6 });
  }
  meter({ label: "downloading", done: 600e6, total: 600e6 });
  return { notes, lives };
}

it("writes a line every ten seconds where nobody watches, and one at the end", () => {
  expect(play(false)).toEqual({
    lives: [],
    notes: [
      "model m: downloading 300 of 600 MB, 20 MB/s",
      "model m: downloading 500 of 600 MB, 20 MB/s",
      "model m: downloading 600 of 600 MB, 20 MB/s",
    ],
  });
});

it("changes one line every second on a terminal", () => {
  const { notes, lives } = play(true);
  expect(notes).toEqual([]);
  expect(lives.slice(0, 2)).toEqual([
    "model m: downloading 100 of 600 MB",
    "model m: downloading 120 of 600 MB, 20 MB/s",
  ]);
  expect(lives).toHaveLength(26);
});
