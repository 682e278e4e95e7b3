import { expect, it } from "vitest";
import { findSilentEngine } from "../../../../../cli/sweep/stall/find-silent-engine.js";
import { LOCAL, REMOTE, step, unit } from "./stall-facts.js";

/** An engine that gives these answers in turn. */
function engine(...answers: readonly boolean[]) {
  const asked: string[] = [];
  const isResponding = (url: string) =>
    Promise.resolve(answers[asked.push(url) - 1] ?? expect.fail("asked too often"));
  return { asked, isResponding };
}

it("an engine that does not answer twice is named, with the command", async () => {
  const { asked, isResponding } = engine(false, false);
  expect(await findSilentEngine([unit()], isResponding, LOCAL)).toEqual({
    code: "STALLED_NO_ENGINE",
    reason: "the engine at http://127.0.0.1:8400 does not answer",
    next: "npx whetstone dev down && npx whetstone resume demo",
  });
  expect(asked).toEqual(["http://127.0.0.1:8400", "http://127.0.0.1:8400"]);
});

it("an engine of another host is not this machine's to start", async () => {
  const where = { ...LOCAL, externalEngine: true };
  const found = await findSilentEngine([unit()], engine(false, false).isResponding, where);
  expect(found?.next).toBe("restart that engine; its steps are tried again by themselves");
});

it("one slow answer is no stall", async () => {
  expect(await findSilentEngine([unit()], engine(false, true).isResponding, LOCAL)).toBeNull();
});

it("asks no engine that no step needs or that this machine cannot reach", async () => {
  const light = unit({ steps: [step({ queue: "whetstone-cpu" })] });
  expect(await findSilentEngine([light], engine().isResponding, LOCAL)).toBeNull();
  expect(await findSilentEngine([unit()], engine().isResponding, REMOTE)).toBeNull();
});
