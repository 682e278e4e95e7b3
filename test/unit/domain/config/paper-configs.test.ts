import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { estimateCalls } from "../../../../planning/estimate-calls.js";
import { loadConfig } from "../../../../planning/load-config.js";
import { PAPER_EXPERIMENTS } from "../../../../report/paper/reference.js";
import { makeUnit } from "../../store/fixtures.js";

const CONFIGS = new URL("../../../../configs/", import.meta.url).pathname;
const files = readdirSync(CONFIGS, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml"))
  .sort();
const paper = files.filter((file) => file.startsWith("paper/"));

describe("every config below configs/", () => {
  it.each(files)("%s is legal", (file) => {
    const text = readFileSync(join(CONFIGS, file), "utf8");
    const needsPath = !/\bpath:|format: lookalike/.test(text);
    const { config } = loadConfig(join(CONFIGS, file), needsPath ? ["dataset.path=/data"] : []);
    expect(config.variants.length).toBeGreaterThan(0);
  });
});

describe("configs/paper/", () => {
  it("has one config per experiment of the paper, named after it", () => {
    const experiments = paper.map((file) => loadConfig(join(CONFIGS, file)).config.experiment);
    expect(experiments).toEqual(paper.map((file) => file.slice("paper/".length, -".yaml".length)));
    expect([...experiments].sort()).toEqual(
      PAPER_EXPERIMENTS.map((each) => each.experiment).sort(),
    );
  });

  it.each(paper)("%s takes the small models by the line of its head", (file) => {
    const text = readFileSync(join(CONFIGS, file), "utf8");
    const line = text.split("\n").find((each) => each.startsWith("# Here:")) ?? "";
    expect(line).toContain(`npx whetstone run configs/${file} --set model=smollm2-135m `);
    const given = [...line.matchAll(/--set (\S+)/g)].map(([, option = ""]) => option);
    for (const model of ["tiny", "smollm2-135m"]) {
      const { config } = loadConfig(join(CONFIGS, file), [...given, `model=${model}`]);
      // The paper's prompts exceed the context of the bundled model.
      expect(config).toMatchObject({ model, prompt: "compact" });
      expect(config.variants.map(({ synthesis }) => synthesis.maxTokens)).not.toContain(32768);
    }
  });

  it.each(paper)(
    "%s has the paper's five seeds where its numbers are means of five runs",
    (file) => {
      const { config } = loadConfig(join(CONFIGS, file));
      const reference = PAPER_EXPERIMENTS.find((each) => each.experiment === config.experiment);
      const means = /^(single|majority|pass@5)\b/;
      const isMean = reference?.values.some(({ measure }) => means.test(measure)) ?? false;
      expect(config.seeds).toHaveLength(isMean ? 5 : 1);
    },
  );

  it("plans no synthesis and no training if the paper only evaluates H", () => {
    for (const file of ["table-3", "figure-5", "figure-6"]) {
      const { config } = loadConfig(join(CONFIGS, "paper", `${file}.yaml`));
      const units = config.variants.map(({ name }) => makeUnit(0, { variant: name }));
      expect(estimateCalls(config, units)).toEqual([
        { step: "score", least: 1, most: 1 },
        { step: "synthesize", least: 0, most: 0 },
        { step: "train", least: 0, most: 0 },
        { step: "answer", least: 1, most: 1 },
      ]);
    }
  });

  it.each(paper)("%s has every variant that the paper has a number for", (file) => {
    const { config } = loadConfig(join(CONFIGS, file));
    const reference = PAPER_EXPERIMENTS.find((each) => each.experiment === config.experiment);
    const own = new Set(config.variants.map(({ name }) => name));
    const wanted = (reference?.values ?? []).map(({ variant }) => variant);
    const missing = wanted.filter((variant) => !own.has(variant) && variant !== "sft");
    expect(missing).toEqual([]);
  });
});
