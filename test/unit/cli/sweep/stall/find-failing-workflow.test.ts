import { expect, it } from "vitest";
import { findFailingWorkflow } from "../../../../../cli/sweep/stall/find-failing-workflow.js";
import { LOCAL, REMOTE, unit } from "./stall-facts.js";

const explain = () => Promise.resolve("Nondeterminism error");

it("names the workflow with the most attempts, the failure, and how to go on", async () => {
  const workflows = [1, 4, 3].map((taskAttempt) =>
    unit({ id: `demo/${taskAttempt}`, taskAttempt }),
  );
  expect(await findFailingWorkflow(workflows, explain, LOCAL)).toEqual({
    code: "STALLED_WORKFLOW_FAILS",
    reason: "workers fail to run workflow demo/4 and 1 more, attempt 4: Nondeterminism error",
    next: `run workers of the version that started the sweep, or: engine/.venv/bin/temporal workflow terminate --address 127.0.0.1:7233 --query 'WhetstoneSweep="demo"' --reason stalled --yes && npx whetstone resume demo`,
  });
});

it("quotes no failure if tasks only time out, and names the server and its namespace", async () => {
  const where = { ...REMOTE, namespace: "lab" };
  const found = await findFailingWorkflow(
    [unit({ taskAttempt: 3 })],
    () => Promise.resolve(null),
    where,
  );
  expect(found?.reason).toBe(
    "workers fail to run workflow demo/base/0/lookalike/1, attempt 3: workers do not finish it",
  );
  expect(found?.next).toContain("--address control:7233 --namespace lab --query");
});

it("a task that is tried again once is no stall", async () => {
  expect(await findFailingWorkflow([unit({ taskAttempt: 2 })], explain, LOCAL)).toBeNull();
});
