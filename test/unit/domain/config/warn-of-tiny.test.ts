import { expect, it } from "vitest";
import type { DatasetSpec } from "../../../../domain/config/config.js";
import { warnOfTiny } from "../../../../domain/config/warn-of-tiny.js";

const own: DatasetSpec = { name: "lookalike", format: "lookalike", calibration: 0 };
const other: DatasetSpec = { name: "mine", format: "openai-jsonl", calibration: 0 };

it("warns that the bundled model does not know other data, and names real models", () => {
  expect(warnOfTiny({ model: "tiny", datasets: [own, other] })).toEqual([
    expect.stringMatching(
      /^mine: model tiny knows only its bundled world \(lookalike\) and answers about 0 % of other data right; use a real model, for example model: qwen2.5-coder-0.5b$/,
    ),
  ]);
});

it("does not warn about its own data or other models", () => {
  expect(warnOfTiny({ model: "tiny", datasets: [own] })).toEqual([]);
  expect(warnOfTiny({ model: "smollm2-135m", datasets: [other] })).toEqual([]);
});
