import { expect, it } from "vitest";
import { calibrationVariant, findVariant } from "../../../../domain/uncertainty/calibration.js";
import { parse } from "../config/fixtures.js";

const configOf = (...variants: string[]) =>
  parse(
    [
      "sweep: trial",
      "model: tiny",
      "dataset: { format: lookalike, calibration: 5 }",
      "variants:",
      ...variants.map((variant) => `  - ${variant}`),
    ].join("\n"),
  );

it("calibrates with the channel if any variant with tau: auto uses it, in any position", () => {
  const rss = "{ name: by-rss, method: tt-si, tau: auto }";
  const channel =
    "{ name: by-channel, method: tt-si, tau: auto, estimator: { kind: channel, weight: 2 } }";
  const fixed = "{ name: fixed, method: tt-si, estimator: channel }";
  const kindOf = (...variants: string[]) => calibrationVariant(configOf(...variants))?.estimator;
  expect(kindOf(rss, channel)).toMatchObject({ kind: "channel", weight: 2 });
  expect(kindOf(channel, rss)).toMatchObject({ kind: "channel", weight: 2 });
  expect(kindOf(fixed, rss)).toMatchObject({ kind: "rss" });
  expect(findVariant(configOf(rss, channel), "calibration")).toMatchObject({
    method: "base",
    estimator: { kind: "channel" },
  });
});

it("calibrates nothing without tau: auto", () => {
  expect(calibrationVariant(configOf("tt-si"))).toBeNull();
});

it("gathers what other variants with tau: auto read of answers", () => {
  const rss = "{ name: by-rss, method: tt-si, tau: auto }";
  const sum =
    "{ name: by-sum, method: tt-si, tau: auto, estimator: { kind: call-likelihood, aggregate: sum } }";
  const agreement =
    "{ name: by-votes, method: tt-si, tau: auto, estimator: { kind: agreement, samples: 8 } }";
  const fixed = "{ name: fixed, method: tt-si, estimator: min-token }";
  const found = calibrationVariant(configOf(rss, fixed, sum, agreement));
  expect(found?.estimator.kind).toBe("rss");
  expect(found?.gathers).toEqual([
    { kind: "call-likelihood", rate: 0.5, weight: 1, aggregate: "sum" },
    { kind: "agreement", rate: 0.5, weight: 1, samples: 8 },
  ]);
  expect(calibrationVariant(configOf(rss, fixed))).not.toHaveProperty("gathers");
});
