import { expect, it } from "vitest";
import { watchEngine } from "../../../workers/watch-engine.js";

const quick = { intervalMs: 2, lostAfterMs: 30 };

it("ends when the engine has not answered for the whole time", async () => {
  const signal = new AbortController().signal;
  expect(await watchEngine({ isReady: () => Promise.resolve(false) }, signal, quick)).toBe(true);
});

it("starts anew with every answer, and ends without loss if aborted", async () => {
  const controller = new AbortController();
  let asked = 0;
  const flaky = {
    isReady: () => {
      asked += 1;
      if (asked === 60) controller.abort();
      return Promise.resolve(asked % 3 === 0);
    },
  };
  expect(await watchEngine(flaky, controller.signal, { ...quick, lostAfterMs: 1_000 })).toBe(false);
  expect(asked).toBe(60);
});
