import { describe, expect, it } from "vitest";
import { stepKey } from "../../../../domain/identity/step-key.js";

describe("stepKey", () => {
  it("is 64 hex digits and independent of the order of fields", () => {
    const key = stepKey("score", { model: "abc", seed: 1 });
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(stepKey("score", { seed: 1, model: "abc" })).toBe(key);
  });

  it("changes with the kind, with each field and with each value", () => {
    const keys = [
      stepKey("score", { seed: 1 }),
      stepKey("train", { seed: 1 }),
      stepKey("score", { seed: 2 }),
      stepKey("score", { seeds: 1 }),
      stepKey("score", { seed: 1, k: 0 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("cannot be confused by a field called kind", () => {
    expect(stepKey("score", { kind: "train" })).not.toBe(stepKey("train", { kind: "score" }));
  });
});
