import { describe, expect, it } from "vitest";
import { BASIC_CONFIG, parse, parseFailure } from "./fixtures.js";
import { METHODS } from "../../../../domain/methods/registry.js";

describe("parseConfig", () => {
  it("fills in the paper's values", () => {
    const config = parse(
      "sweep: a\nmodel: tiny\ndataset: { format: lookalike }\nvariants: [tt-si]",
    );
    expect(config).toEqual({
      sweep: "a",
      model: "tiny",
      datasets: [{ name: "lookalike", format: "lookalike", calibration: 0 }],
      allowGold: false,
      candidateOrder: "shuffled",
      prompt: "compact",
      seeds: [0],
      variants: [
        {
          name: "tt-si",
          method: "tt-si",
          estimator: { kind: "rss", rate: 0.5, weight: 1 },
          tau: 0.95,
          selection: "uncertain",
          synthesis: {
            examples: 1,
            temperature: 0.7,
            maxTokens: 512,
            maxAttempts: 6,
            decoding: "free",
            checks: {
              knownTool: true,
              argumentsFitSchema: true,
              differsFromSeed: true,
              grounded: true,
            },
            grounding: "free",
            name: "own",
            verify: "none",
            draws: 1,
          },
          training: {
            rank: 8,
            alpha: 16,
            learningRate: 1e-4,
            epochs: 5,
            warmupRatio: 0.03,
            schedule: "cosine",
            scope: "all",
            adaptive: false,
          },
          inference: {
            temperature: 0.7,
            maxTokens: 256,
            answers: 1,
            decoding: "free",
            calls: "any",
            copy: false,
          },
        },
      ],
      run: {
        concurrency: 48,
        partitions: 4,
        failOnError: 0.1,
        stopAfterSameError: 10,
        stopOnUnreadable: true,
        privateQueueTimeoutSeconds: 60,
      },
    });
  });

  it("lays a variant's own values over the sweep's, and those over the defaults", () => {
    const config = parse(`${BASIC_CONFIG}  - name: own
    method: tt-si
    estimator: { kind: random, rate: 0.25 }
    synthesis: { checks: { grounded: true }, maxTokens: 64 }
    inference: { answers: 5 }
estimator: nll
synthesis: { checks: false, temperature: 0.2 }
inference: { temperature: 0 }
`);
    const [base, , own] = config.variants;
    expect(base?.estimator).toEqual({ kind: "nll", rate: 0.5, weight: 1 });
    expect(base?.synthesis.checks).toEqual({
      knownTool: false,
      argumentsFitSchema: false,
      differsFromSeed: false,
      grounded: false,
    });
    expect(own?.estimator).toEqual({ kind: "random", rate: 0.25, weight: 1 });
    expect(own?.synthesis).toMatchObject({ temperature: 0.2, maxTokens: 64, maxAttempts: 6 });
    expect(own?.synthesis.checks).toMatchObject({ knownTool: false, grounded: true });
    expect(own?.inference).toMatchObject({ temperature: 0, answers: 5 });
  });

  it("takes a count or a list of seeds", () => {
    expect(parse(`${BASIC_CONFIG}seeds: 3`).seeds).toEqual([0, 1, 2]);
    expect(parse(`${BASIC_CONFIG}seeds: [4, 2]`).seeds).toEqual([4, 2]);
  });

  it("names a JSONL data set after its file", () => {
    const text =
      "sweep: a\nmodel: tiny\ndataset: { format: openai-jsonl, path: x/My Data.v2.jsonl }\nvariants: [base]";
    expect(parse(text).datasets[0]?.name).toBe("my-data-v2");
  });

  it("keeps a sweep-wide tau auto away from methods without a threshold", () => {
    const config = parse(
      "sweep: a\nmodel: tiny\ntau: auto\ndataset: { format: lookalike, calibration: 5 }\nvariants: [base, tt-si, argmax-name]",
    );
    expect(config.variants.map((variant) => variant.tau)).toEqual([0.95, "auto", 0.95]);
  });

  it("accepts a tau above 1, which selects every sample", () => {
    expect(parse(BASIC_CONFIG, ["variants.1.tau=1.5"]).variants[1]?.tau).toBe(1.5);
  });

  it("keeps how the endpoint answers, with one of the config's variants", () => {
    expect(parse(BASIC_CONFIG).serve).toBeUndefined();
    const serve = { variant: "tt-si", budgetMs: 500, rate: 60 };
    const overrides = Object.entries(serve).map(([name, value]) => `serve.${name}=${value}`);
    expect(parse(BASIC_CONFIG, overrides).serve).toEqual(serve);
    expect(parseFailure(BASIC_CONFIG, ["serve.variant=tt-d"]).message).toContain(
      'serve.variant (--set): "tt-d" is not a variant of this config. Allowed: base, tt-si.',
    );
  });

  it.each([
    [[], undefined],
    [["format=tags"], undefined],
    [["format=tags", "nameClosing=token"], undefined],
    [["format=tags", "nameClosing=none"], "none"],
    [["format=list"], "mass"],
    [["format=pythonic"], "mass"],
    [["format=list", "nameClosing=token"], undefined],
  ])("resolves a name's closing with %j to %s", (overrides, nameClosing) => {
    expect(parse(BASIC_CONFIG, overrides).nameClosing).toBe(nameClosing);
  });

  it("reports every problem at once, with field, line, value and what is allowed", () => {
    const error = parseFailure(`sweep: Trial
modle: tiny
dataset: { format: lookalik, calibratoin: 3 }
variants:
  - bas
  - { method: tt-si, tau: -1, synthesis: { checks: { grouded: true } } }
run: { concurrency: 0 }
`);
    expect(error.code).toBe("WHETSTONE_CONFIG_INVALID");
    expect(error.message.split("\n")).toEqual([
      "9 problems in config trial.yaml:",
      '  sweep (line 1): "Trial" is not allowed. Allowed: 1 to 64 lower-case letters, digits, dots and hyphens, the first a letter or digit.',
      "  model: missing. Needed: a text.",
      '  dataset.format (line 3): "lookalik" is not allowed. Did you mean "lookalike"? Allowed: one of "lookalike", "openai-jsonl", "inspect-json", "xlam", "sealtool", "nexusraven", "apibank", "toolalpaca", "bfcl".',
      '  dataset.calibratoin (line 3): unknown field. Did you mean "calibration"? Known here: name, format, path, limit, rows, calibration.',
      `  variants[0] (line 5): "bas" is not allowed. Did you mean "base"? Allowed: one of ${METHODS.map((name) => `"${name}"`).join(", ")} or a mapping with the fields name, method, estimator, tau, selection, synthesis, training, inference, teacher, split, demonstrations.`,
      '  variants[1].tau (line 6): -1 is not allowed. Allowed: a number from 0 to 1000000 or "auto".',
      '  variants[1].synthesis.checks.grouded (line 6): unknown field. Did you mean "grounded"? Known here: knownTool, argumentsFitSchema, differsFromSeed, grounded, stated.',
      "  run.concurrency (line 7): 0 is not allowed. Allowed: a whole number from 1 to 2000.",
      '  modle (line 2): unknown field. Did you mean "model"? Known here: sweep, model, dataset, datasets, candidateOrder, prompt, format, refusals, dtype, nameClosing, seeds, estimator, tau, synthesis, training, inference, teacher, sampler, split, allowGold, experiment, variants, run, serve.',
    ]);
    expect(error.hint).toBe(
      "Correct the config, then check it by `npx whetstone plan CONFIG`, which runs nothing.",
    );
  });

  it("reports fields that contradict each other", () => {
    const error = parseFailure(`sweep: trial
model: tiny
datasets:
  - { format: lookalike }
  - { format: sealtool, name: lookalike }
seeds: [1, 1]
variants:
  - { method: tt-si, tau: auto, estimator: random }
  - tt-si
  - { name: calibration, method: base }
  - { name: all, method: tt-si, tau: 95 }
run: { failOnError: 2.5 }
`);
    expect(error.message.split("\n")).toEqual([
      "10 problems in config trial.yaml:",
      "  datasets[1].path (line 5): missing. Needed: the file or folder to read as sealtool; it can be given by --set datasets.1.path=PATH.",
      '  datasets[1].name (line 5): "lookalike" is already another data set\'s name. Give this one its own name.',
      "  seeds (line 6): 1 is listed twice. Allowed: each seed index once.",
      '  variants[0].tau (line 8): "auto" is not allowed with the estimator random, which has no threshold.',
      '  variants[0].tau (line 8): "auto" needs calibration records, and data set lookalike sets none aside. Set its field calibration, for example to 100.',
      '  variants[0].tau (line 8): "auto" needs calibration records, and data set lookalike sets none aside. Set its field calibration, for example to 100.',
      '  variants[1].name (line 9): "tt-si" is already another variant\'s name. Give this one its own name.',
      '  variants[2].name (line 10): "calibration" is reserved for the calibration records. Choose another name.',
      '  variants[3].tau (line 11): 95 is not allowed. Allowed: a number from 0 to 2 (margins of rss are 0 to 1; above 1 selects every sample) or "auto".',
      "  run.failOnError (line 12): 2.5 is not allowed. Allowed: a share below 1, or a whole number of units.",
    ]);
  });

  it("wants exactly one of dataset and datasets", () => {
    expect(parseFailure("sweep: a\nmodel: tiny\nvariants: [base]").message).toBe(
      "1 problem in config trial.yaml:\n  dataset: missing. Needed: a mapping with the field format.",
    );
    expect(parseFailure(`${BASIC_CONFIG}datasets: [{ format: lookalike }]`).message).toBe(
      "1 problem in config trial.yaml:\n  dataset (line 3): stands beside datasets. Allowed: one of the two.",
    );
  });

  it("names the line of a YAML mistake", () => {
    expect(parseFailure("sweep: a\nsweep: b\n").message).toBe(
      "1 problem in config trial.yaml:\n  line 2, column 1: Map keys must be unique",
    );
    expect(parseFailure("sweep: [a\n").message).toContain("  line 2, column 1: ");
  });

  it("rejects a file that is not a mapping", () => {
    expect(parseFailure("- 1").message).toContain(
      "  (the whole file): [1] is not allowed. Allowed: a mapping",
    );
    expect(parseFailure("").message).toContain("  sweep: missing. ");
  });
});

describe("random-gate", () => {
  const gate = (fields: string) =>
    BASIC_CONFIG.replace("  - base\n", `  - base\n  - { method: random-gate${fields} }\n`);

  it("needs its share, and says where to find it", () => {
    for (const fields of ["", ", estimator: random", ", estimator: rss"]) {
      expect(parseFailure(gate(fields)).message).toContain(
        "missing: random-gate needs the share of samples to flag, estimator: { kind: rss, rate: SHARE }. `npx whetstone status SWEEP` of a finished sweep names the share that its gated variants flagged.",
      );
    }
  });

  it("keeps the estimator that chooses tools, and has no threshold, whatever the sweep has", () => {
    const text = `${gate(", estimator: { kind: channel, rate: 0.4 }")}estimator: nll\ntau: auto\n`;
    const [, gated] = parse(text).variants;
    expect(gated?.estimator).toEqual({ kind: "channel", rate: 0.4, weight: 1 });
    expect(gated?.tau).toBe(0.95);
  });
});

describe("parameters of estimators of answers", () => {
  const estimatorOf = (estimator: string) =>
    parse(`${BASIC_CONFIG}estimator: ${estimator}\n`).variants[0]?.estimator;

  it("stay out at their defaults", () => {
    const [rate, weight] = [0.5, 1];
    expect(estimatorOf("{ kind: call-likelihood, aggregate: sum }")).toEqual({
      ...{ kind: "call-likelihood", rate, weight, aggregate: "sum" },
    });
    expect(estimatorOf("{ kind: call-likelihood, aggregate: mean }")).toEqual({
      ...{ kind: "call-likelihood", rate, weight },
    });
    expect(estimatorOf("{ kind: agreement, samples: 8 }")).toEqual({
      ...{ kind: "agreement", rate, weight, samples: 8 },
    });
    expect(estimatorOf("{ kind: agreement, samples: 5 }")).toEqual(estimatorOf("agreement"));
  });

  it("are refused where they have no effect", () => {
    const messageOf = (estimator: string) =>
      parseFailure(`${BASIC_CONFIG}estimator: ${estimator}\n`).message;
    expect(messageOf("{ kind: min-token, aggregate: sum }")).toContain(
      "estimator (line 6): aggregate has no effect on min-token. Allowed with: call-likelihood, argument-likelihood.",
    );
    expect(messageOf("{ kind: rss, samples: 3 }")).toContain(
      "samples has no effect on rss. Allowed with: agreement.",
    );
    expect(messageOf("{ kind: agreement, samples: 1 }")).toContain("1 is not allowed");
  });

  it("have margins from 0 to 1", () => {
    expect(
      parseFailure(`${BASIC_CONFIG.replace("- base", "- tt-si")}estimator: min-token\ntau: 3\n`)
        .message,
    ).toContain(
      'tau (line 5): 3 is not allowed. Allowed: a number from 0 to 2 (margins of min-token are 0 to 1; above 1 selects every sample) or "auto".',
    );
  });
});
