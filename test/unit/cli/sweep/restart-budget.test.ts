import { expect, it } from "vitest";
import { RestartBudget } from "../../../../cli/sweep/restart-budget.js";

const MINUTE = 60_000;

it("allows 100 kills in an hour, spread over four services", () => {
  const budget = new RestartBudget();
  for (let kill = 0; kill < 100; kill += 1) {
    expect(budget.spend(`service-${kill % 4}`, (kill * 60 * MINUTE) / 100)).toBe(true);
  }
});

it("calls a service that dies every five seconds a crash loop, and only that one", () => {
  const budget = new RestartBudget();
  const deaths = Array.from({ length: 7 }, (_, death) => budget.spend("engine", death * 5_000));
  expect(deaths).toEqual([true, true, true, true, true, true, false]);
  expect(budget.spend("worker-gpu", 35_000)).toBe(true);
  expect(budget.spend("engine", 30_000 + 3 * MINUTE)).toBe(true);
});
