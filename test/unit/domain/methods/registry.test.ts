import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DATASET_FORMATS } from "../../../../domain/config/dataset-formats.js";
import { METHODS } from "../../../../domain/methods/registry.js";
import { ESTIMATOR_KINDS } from "../../../../domain/uncertainty/registry.js";
import { estimateCalls } from "../../../../planning/estimate-calls.js";
import { EXPORT_FORMATS } from "../../../../report/export/exporters.js";
import { makeUnit } from "../../store/fixtures.js";
import { parse } from "../config/fixtures.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");

const sources = execFileSync("git", ["ls-files", "*.ts", ":!test", ":!configs", ":!models"], {
  cwd: root,
  encoding: "utf8",
})
  .trim()
  .split("\n")
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

describe("the lists of methods, estimators, data and export formats", () => {
  test("are asked by what an entry is, never by its name", () => {
    const names = [...METHODS, ...ESTIMATOR_KINDS, ...DATASET_FORMATS, ...EXPORT_FORMATS];
    const asked = new RegExp(
      `\\b(?:method|kind|estimator|format)\\)? [!=]== "(?:${names.join("|")})"`,
      "g",
    );
    const found = sources.flatMap(({ file, text }) =>
      [...text.matchAll(asked)].map(([match]) => `${file}: ${match}`),
    );
    expect(found.filter((each) => !ALLOWED.includes(each))).toEqual([]);
  });
});

/** Names that mean something else, or the paper's own figure. */
const ALLOWED = [
  // What verifies a pair: none, rss or the channel.
  'activities/support/judge-pair.ts: kind === "channel"',
  // The engine's own kinds of model.
  'engine-client/engine-client.ts: kind === "base"',
  // Perplexity's figure draws what rss scored.
  'report/model/variant-roles.ts: kind === "rss"',
  'report/figures/parameter-line.ts: kind === "rss"',
];

test.each(METHODS)("%s has a cost estimate and a legal config", (method) => {
  const config = parse(
    "sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nallowGold: true\n" +
      "split: { format: openai-jsonl, path: a.jsonl }\n" +
      `variants: [{ method: ${method}, estimator: { kind: rss, rate: 0.5 } }]\n`,
  );
  const [variant] = config.variants;
  const estimate = estimateCalls(config, [makeUnit(0, { variant: variant!.name })]);
  const calls = estimate.filter(({ most }) => most > 0).map(({ step }) => step);
  expect(calls).toContain("answer");
  expect(config.variants).toHaveLength(1);
});
