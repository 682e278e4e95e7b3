import { expect, it, test } from "vitest";
import {
  findUnservedQueue,
  seemsUnserved,
} from "../../../../../cli/sweep/stall/find-unserved-queue.js";
import type { QueueState } from "../../../../../cli/sweep/stall/read-queue.js";
import { LOCAL, NOW, REMOTE, step, unit } from "./stall-facts.js";

const queue = (changes: Partial<QueueState> = {}): QueueState => ({
  ...{ queue: "whetstone-gpu", kind: "activity", polledMsAgo: null },
  ...{ backlog: 8, backlogAgeMs: 20_000 },
  ...changes,
});

test.each([
  ["nobody polls", queue(), true],
  ["the last poll is old", queue({ polledMsAgo: 16_000 }), true],
  ["a worker polls", queue({ polledMsAgo: 1_000 }), false],
  ["nothing waits", queue({ backlog: 0, backlogAgeMs: 0 }), false],
  ["tasks have just come", queue({ backlogAgeMs: 1_000 }), false],
])("%s: unserved %s", (_, state, expected) => {
  expect(seemsUnserved(state)).toBe(expected);
});

const find = (state: QueueState, steps = [step({ aliveAt: null })], where = LOCAL) =>
  findUnservedQueue([queue({ polledMsAgo: 0 }), state], [unit({ steps })], where, NOW);

it("names role, queue and the command, on one machine and elsewhere", () => {
  expect(find(queue())).toEqual({
    code: "STALLED_NO_WORKER",
    reason:
      "8 tasks wait in queue whetstone-gpu, and no worker of role gpu whose engine answers takes them",
    next: "npx whetstone resume demo",
  });
  expect(find(queue({ queue: "whetstone-cpu", backlog: 1 }), [], REMOTE)).toMatchObject({
    reason: "1 task waits in queue whetstone-cpu, and no worker of role cpu takes them",
    next: "npx whetstone worker cpu",
  });
  const workflows = queue({ queue: "whetstone-orchestrator", kind: "workflow" });
  expect(find(workflows, [step()], REMOTE)?.next).toBe("npx whetstone worker orchestrator");
  expect(find(queue(), [], REMOTE)?.next).toBe("npx whetstone worker gpu, beside an engine");
});

it("a step that sends heartbeats proves a busy worker, of its own role only", () => {
  expect(find(queue(), [step({ aliveAt: NOW - 19_000 })])).toBeNull();
  expect(find(queue(), [step({ queue: "whetstone-gpu-host-1" })])).toBeNull();
  expect(find(queue(), [step({ aliveAt: NOW - 21_000 })])).not.toBeNull();
  expect(find(queue(), [step({ queue: "whetstone-cpu" })])).not.toBeNull();
  expect(find(queue({ queue: "whetstone-cpu" }), [step()])).not.toBeNull();
});
