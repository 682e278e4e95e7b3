import { expect, it } from "vitest";
import { Backoff } from "../../../../infra/dev-stack/restart-backoff.js";

it("waits twice as long after each restart of the last two minutes, one minute at most", () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 8 }, (_, restart) => {
    const wait = backoff.waitOf("engine", restart * 1_000);
    backoff.count("engine", restart * 1_000);
    return wait / 1_000;
  });
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  expect(backoff.waitOf("worker-gpu", 8_000)).toBe(1_000);
  expect(backoff.waitOf("engine", 126_500)).toBe(2_000);
  expect(backoff.waitOf("engine", 200_000)).toBe(1_000);
});
