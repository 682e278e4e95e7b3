import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import { expect, it } from "vitest";
import { measureActivities } from "../../../workers/metrics/measure-activities.js";

/** Runs activities under the interceptor and lists what was measured. */
function open() {
  const seen: unknown[][] = [];
  const keep =
    (name: string) =>
    (...values: unknown[]) => {
      seen.push([name, ...values]);
    };
  const measure = measureActivities({
    countUnit: keep("unit"),
    countFailure: keep("failure"),
    setAdapters: keep("adapters"),
    timeStep: (step, { queued, run }) => {
      seen.push(["time", step, queued, run >= 0]);
    },
  });
  const run = async (activityType: string, work: () => Promise<unknown>, input: unknown = {}) => {
    const currentAttemptScheduledTimestampMs = Date.now() + 60_000;
    const context = { info: { activityType, currentAttemptScheduledTimestampMs } };
    const { inbound } = measure(context as never);
    return inbound?.execute?.({ args: [input], headers: {} }, work);
  };
  return { seen, run };
}

it("times every step and counts units by outcome", async () => {
  const { seen, run } = open();
  const result = { outcome: "scored" };
  expect(await run("recordResult", () => Promise.resolve(result))).toBe(result);
  expect(seen).toEqual([
    ["unit", "scored"],
    ["time", "recordResult", 0, true],
  ]);
});

it("counts adapters from their training to their reset, each once", async () => {
  const { seen, run } = open();
  const train = (adapterId: string) =>
    run("trainAdapter", () => Promise.resolve({ kind: "trained", handle: { adapterId } }));
  await train("a");
  await train("b");
  await run("trainAdapter", () => Promise.resolve({ kind: "answer-known" }));
  await run("resetAdapter", () => Promise.resolve({}), { adapterId: "a" });
  await run("resetAdapter", () => Promise.resolve({}), { adapterId: "a" });
  expect(seen.filter(([name]) => name === "adapters").map(([, count]) => count)).toEqual([
    1, 2, 1, 1,
  ]);
});

it("counts failures by code, but no cancellation", async () => {
  const { seen, run } = open();
  const fail = (error: Error) =>
    expect(run("infer", () => Promise.reject(error))).rejects.toBe(error);
  await fail(ApplicationFailure.retryable("gone", "ENGINE_UNREACHABLE"));
  await fail(new Error("a bug"));
  await fail(new CancelledFailure("stopped"));
  expect(seen.filter(([name]) => name === "failure")).toEqual([
    ["failure", "infer", "ENGINE_UNREACHABLE"],
    ["failure", "infer", "UNEXPECTED"],
  ]);
  expect(seen.filter(([name]) => name === "time")).toHaveLength(3);
});
