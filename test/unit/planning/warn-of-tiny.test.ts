import { expect, it } from "vitest";
import type { DatasetSpec } from "../../../domain/config/config.js";
import { warnOfTiny } from "../../../planning/warn-of-tiny.js";

const own: DatasetSpec = { name: "lookalike", format: "lookalike", calibration: 0 };
const other: DatasetSpec = { name: "mine", format: "openai-jsonl", calibration: 0 };

it("warns that the bundled model does not know other data, and names real models", () => {
  expect(warnOfTiny({ model: "tiny", datasets: [own, other] })).toEqual([
    expect.stringMatching(
      /^mine: model tiny knows only its bundled world \(lookalike\) and will answer about 0 % right; use .*smollm2-135m.* or the directory of a model$/,
    ),
  ]);
});

it("does not warn about its own data or other models", () => {
  expect(warnOfTiny({ model: "tiny", datasets: [own] })).toEqual([]);
  expect(warnOfTiny({ model: "smollm2-135m", datasets: [other] })).toEqual([]);
});
