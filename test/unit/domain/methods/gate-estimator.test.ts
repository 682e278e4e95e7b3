import { describe, expect, it } from "vitest";
import { CONFIG_DEFAULTS } from "../../../../domain/config/defaults.js";
import { nameEstimator } from "../../../../domain/grounding/name-estimator.js";
import { gateEstimator } from "../../../../domain/methods/gate-estimator.js";
import { describeMethod, METHODS } from "../../../../domain/methods/registry.js";

const estimator = { ...CONFIG_DEFAULTS.estimator, kind: "channel", rate: 0.4 } as const;

describe("gateEstimator", () => {
  it.each(METHODS)("is the variant's own for %s, unless its record names another", (method) => {
    const { gate = estimator.kind } = describeMethod(method);
    expect(gateEstimator({ method, estimator })).toEqual({ ...estimator, kind: gate });
  });

  it("leaves the choice of a grounded pair's tool to the variant's own", () => {
    expect(gateEstimator({ method: "random-gate", estimator }).kind).toBe("random");
    expect(nameEstimator("best", estimator)).toBe(estimator);
  });

  it("chooses that tool by the names if the gate reads answers, which rank none", () => {
    const votes = { ...estimator, kind: "agreement" } as const;
    expect(nameEstimator("own", votes)).toBeNull();
    expect(nameEstimator("best", votes)).toEqual({ ...votes, kind: "rss" });
    expect(nameEstimator("channel", votes)).toEqual({ ...votes, kind: "channel" });
  });
});
