import { describe, expect, it } from "vitest";
import { compareConfigs, formatDifference } from "../../../../domain/config/compare.js";
import { hashIdentity, identifySweep } from "../../../../domain/config/config-hash.js";
import type { IdentityInputs, SweepIdentity } from "../../../../domain/config/config-hash.js";
import { BASIC_CONFIG, parse } from "./fixtures.js";

const INPUTS: IdentityInputs = {
  modelFingerprint: "model",
  promptHash: "prompt",
  scorerVersion: "soft-v1",
  datasets: {
    lookalike: { contentHash: "data", records: 100 },
    more: { contentHash: "more", records: 9 },
  },
};

function identify(overrides: string[] = [], inputs: Partial<IdentityInputs> = {}): SweepIdentity {
  return identifySweep(parse(BASIC_CONFIG, overrides), { ...INPUTS, ...inputs });
}

function differencesOf(overrides: string[], inputs: Partial<IdentityInputs> = {}): string[] {
  const comparison = compareConfigs(identify(), identify(overrides, inputs));
  expect(comparison.kind).toBe("conflicting");
  return comparison.kind === "conflicting" ? comparison.differences.map(formatDifference) : [];
}

describe("hashIdentity", () => {
  it("is 64 hex digits and the same for the same config", () => {
    expect(hashIdentity(identify())).toMatch(/^[0-9a-f]{64}$/);
    expect(hashIdentity(identify())).toBe(hashIdentity(identify()));
  });

  it("ignores the sweep's name, run settings, paths and the order of variants", () => {
    const swapped = identifySweep(
      parse(
        BASIC_CONFIG.replace("  - base\n", "").concat(
          "  - base\nrun: { concurrency: 3, partitions: 9 }\n",
        ),
        ["sweep=other"],
      ),
      INPUTS,
    );
    expect(hashIdentity(swapped)).toBe(hashIdentity(identify()));
  });

  it("is the same whether a default is written or omitted", () => {
    expect(hashIdentity(identify(["candidateOrder=shuffled"]))).toBe(hashIdentity(identify()));
  });

  it("holds a name closing unless it is the one of sweeps that have none on record", () => {
    expect(identify(["nameClosing=token"])).toEqual(identify());
    expect("nameClosing" in identify()).toBe(false);
    expect(identify(["nameClosing=none"])).toEqual({ ...identify(), nameClosing: "none" });
    expect(identify(["format=list"])).toEqual({
      ...identify(),
      ...{ format: "list", nameClosing: "mass" },
    });
    expect(differencesOf(["nameClosing=mass"])).toEqual(['nameClosing: (none) -> "mass"']);
  });

  it.each<[string, string[], Partial<IdentityInputs>]>([
    ["tau", ["variants.1.tau=0.5"], {}],
    ["training", ["training.learningRate=0.01"], {}],
    ["candidate order", ["candidateOrder=given"], {}],
    ["limit", ["dataset.limit=21"], {}],
    ["seeds", ["seeds=2"], {}],
    ["model", [], { modelFingerprint: "other" }],
    ["name closing", ["nameClosing=mass"], {}],
    ["prompt", [], { promptHash: "other" }],
    ["scorer", [], { scorerVersion: "soft-v2" }],
    [
      "the rules that read schemas",
      [],
      { datasets: { lookalike: { contentHash: "data", records: 100, schemas: "schemas-1" } } },
    ],
    ["data", [], { datasets: { lookalike: { contentHash: "other", records: 100 } } }],
  ])("changes with %s", (_, overrides, inputs) => {
    expect(hashIdentity(identify(overrides, inputs))).not.toBe(hashIdentity(identify()));
  });
});

describe("compareConfigs", () => {
  it("recognises the same config", () => {
    expect(compareConfigs(identify(), identify(["run.concurrency=2"]))).toEqual({ kind: "same" });
  });

  it.each([
    ["seeds", ["seeds=3"], ["seeds.1: (none) -> 1", "seeds.2: (none) -> 2"]],
    ["samples", ["dataset.limit=30"], ["datasets.lookalike.reported: 20 -> 30"]],
    ["a first calibration", ["variants.2={ name: auto.1, method: tt-si, tau: auto }"], null],
  ])("recognises growth by %s", (_, overrides, added) => {
    const comparison = compareConfigs(identify(), identify(overrides));
    expect(comparison.kind).toBe("grown");
    if (added !== null && comparison.kind === "grown") {
      expect(comparison.added.map(formatDifference)).toEqual(added);
    }
  });

  it("recognises an added data set as growth, unless it would move a threshold", () => {
    const two = `datasets:
  - { format: lookalike, limit: 20, calibration: 10 }
  - { format: openai-jsonl, name: more, path: more.jsonl, calibration: 3 }
`;
    const text = BASIC_CONFIG.replace(/^dataset: .*\n/m, two);
    const grown = (overrides: string[]) =>
      compareConfigs(identify(overrides), identifySweep(parse(text, overrides), INPUTS)).kind;
    expect(grown([])).toBe("grown");
    expect(grown(["variants.1.tau=auto"])).toBe("conflicting");
  });

  it("reports conflicts field by field", () => {
    expect(
      differencesOf(["variants.1.tau=0.5", "training.rank=4"], { modelFingerprint: "other" }),
    ).toEqual([
      'model: "model" -> "other"',
      "variants.base.training.rank: 8 -> 4",
      "variants.tt-si.tau: 0.9 -> 0.5",
      "variants.tt-si.training.rank: 8 -> 4",
    ]);
  });

  it("does not compare as equal what was read by other rules for schemas", () => {
    const lookalike = { contentHash: "data", records: 100 };
    expect(
      differencesOf([], { datasets: { lookalike: { ...lookalike, schemas: "schemas-1" } } }),
    ).toEqual(['datasets.lookalike.schemas: (none) -> "schemas-1"']);
    expect(
      compareConfigs(
        identify(),
        identify([], { datasets: { lookalike: { ...lookalike, schemas: null } } }),
      ),
    ).toEqual({ kind: "same" });
  });

  it("reports removed fields", () => {
    expect(differencesOf(["dataset.limit=10"])).toEqual(["datasets.lookalike.reported: 20 -> 10"]);
    expect(differencesOf(["seeds=[1]"])).toEqual(["seeds.0: 0 -> (none)"]);
    expect(differencesOf(["variants=[base]"])[0]).toMatch(
      /^variants\.tt-si: \{.*\.\.\. -> \(none\)$/,
    );
  });

  it("reports different calibration records if a threshold depends on them", () => {
    const auto = identify(["variants.1.tau=auto"]);
    const moved = identify(["variants.1.tau=auto", "dataset.calibration=20"]);
    expect(compareConfigs(auto, moved)).toEqual({
      kind: "conflicting",
      differences: [{ path: ["datasets", "lookalike", "calibration"], stored: 10, now: 20 }],
    });
  });

  it("reports records set aside by a draw, which moves what is reported, needed or not", () => {
    const text = BASIC_CONFIG.replace(
      "format: lookalike",
      "format: openai-jsonl, name: lookalike, path: a",
    );
    const own = (overrides: string[] = []) => identifySweep(parse(text, overrides), INPUTS);
    expect(own().datasets["lookalike"]).toMatchObject({ calibration: 0, drawn: 10 });
    expect(identify().datasets["lookalike"]).not.toHaveProperty("drawn");
    expect(compareConfigs(own(), own(["dataset.calibration=11"]))).toEqual({
      kind: "conflicting",
      differences: [{ path: ["datasets", "lookalike", "drawn"], stored: 10, now: 11 }],
    });
    expect(
      compareConfigs(own(), own(["variants.2={ name: b, method: tt-si, tau: auto }"])).kind,
    ).toBe("grown");
  });
});
