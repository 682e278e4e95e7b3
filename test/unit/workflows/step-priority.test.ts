import { expect, it } from "vitest";
import type { StepTiming } from "../../../domain/units/trace.js";
import { followUp } from "../../../workflows/step-priority.js";

const run = (...steps: readonly (readonly [StepTiming["step"], string?])[]) => ({
  trace: {
    timings: steps.map(([step, reusedFrom]) => ({
      ...{ step, queueMs: 0, computeMs: 1, worker: "worker", attempt: 1 },
      ...(reusedFrom !== undefined && { reusedFrom }),
    })),
  },
});

it("puts the last steps of a unit that has waited its turn before the first steps of others", () => {
  const scored = run(["scoreUncertainty"]);
  expect(followUp(scored, "infer")).toEqual({ priority: { priorityKey: 1 } });
  expect(followUp(scored, "trainAdapter")).toEqual({ priority: { priorityKey: 2 } });
});

it.each([
  ["has computed nothing", run()],
  ["found its steps in the store", run(["scoreUncertainty", "other"], ["synthesize", "other"])],
  ["has only read examples", run(["gatherExamples"])],
])("lets a unit wait that %s", (_, unit) => {
  expect(followUp(unit, "infer")).toEqual({});
  expect(followUp(unit, "trainAdapter")).toEqual({});
});
