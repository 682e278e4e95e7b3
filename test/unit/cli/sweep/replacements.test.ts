import { expect, it } from "vitest";
import { Replacements } from "../../../../cli/sweep/replacements.js";
import type { ServiceStatus } from "../../../../infra/dev-stack/stack.js";

function service(name: string, pid: number, alive = true): ServiceStatus {
  const record = { name, pid, identity: "", startedAt: "", logFile: "", parameters: {} };
  return { name, alive, record };
}

it("names services that run as another process than before, once each", () => {
  const replacements = new Replacements();
  expect(replacements.note([service("engine", 1), service("temporal", 2)])).toEqual([]);
  expect(replacements.note([service("engine", 1, false), service("temporal", 2)])).toEqual([]);
  expect(replacements.note([service("engine", 3), service("temporal", 2)])).toEqual(["engine"]);
  expect(replacements.note([service("engine", 3), service("worker-gpu", 4)])).toEqual([]);
});
