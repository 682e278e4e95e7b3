import { describe, expect, it } from "vitest";
import { applyOverrides } from "../../../../domain/config/overrides.js";
import { BASIC_CONFIG, parse, parseFailure } from "./fixtures.js";

describe("applyOverrides", () => {
  it("sets values read as YAML, list entries by index", () => {
    const config = parse(BASIC_CONFIG, [
      "sweep=other",
      "variants.1.tau=0.5",
      "variants[0].inference.temperature=0",
      "variants.2={ name: all, method: tt-si, selection: all }",
      "dataset.limit=7",
      "run={ partitions: 2 }",
      "training.rank=4",
    ]);
    expect(config.sweep).toBe("other");
    expect(config.variants.map(({ name, tau }) => [name, tau])).toEqual([
      ["base", 0.95],
      ["tt-si", 0.5],
      ["all", 0.95],
    ]);
    expect(config.variants[0]?.inference.temperature).toBe(0);
    expect(config.variants[0]?.training.rank).toBe(4);
    expect(config.datasets[0]?.limit).toBe(7);
    expect(config.run.partitions).toBe(2);
  });

  it("writes a shorthand out before a field of it is set", () => {
    const config = parse(`${BASIC_CONFIG}estimator: random`, ["estimator.rate=0.125"]);
    expect(config.variants[0]?.estimator).toEqual({ kind: "random", rate: 0.125, weight: 1 });
  });

  it("does not change its input", () => {
    const value = { run: { partitions: 1 } };
    expect(applyOverrides(value, ["run.partitions=2"])).toEqual({ run: { partitions: 2 } });
    expect(value).toEqual({ run: { partitions: 1 } });
  });

  it("refuses settings that cannot be applied, all at once", () => {
    const error = parseFailure(BASIC_CONFIG, ["variants.5=base", "tau", "sweep.x=1", "tau={"]);
    expect(error.code).toBe("WHETSTONE_CONFIG_INVALID");
    expect(error.message.split("\n")).toEqual([
      "4 problems in the settings given by --set:",
      '  variants.5: "5" is not an index of variants. Allowed: 0 to 2.',
      '  tau: "tau" is not a setting. Allowed: field=value, such as variants.1.tau=0.9.',
      "  sweep.x: sweep has no fields.",
      "  tau: the value is not valid YAML.",
    ]);
  });

  it("attributes a bad value to a setting, not to a line", () => {
    expect(parseFailure(BASIC_CONFIG, ["dataset.limit=0"]).message).toBe(
      "1 problem in config trial.yaml:\n  dataset.limit (--set): 0 is not allowed. Allowed: a whole number from 1 to 1000000.",
    );
  });

  it("does not reach prototypes", () => {
    expect(parseFailure(BASIC_CONFIG, ["__proto__.polluted=1"]).message).toContain(
      "__proto__.polluted: unknown field.",
    );
    expect({}).not.toHaveProperty("polluted");
  });
});
