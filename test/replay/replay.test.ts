import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "@temporalio/worker";
import { DeterminismViolationError } from "@temporalio/workflow";
import { beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../infra/repository.js";
import { installRuntime } from "../../workers/runtime.js";
import { buildWorkflowBundle } from "../../workers/workflow-bundle.js";

const folder = join(repositoryRoot, "test", "replay", "histories");
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

let workflowBundle: { readonly code: string };

beforeAll(async () => {
  workflowBundle = await buildWorkflowBundle(installRuntime(null, "ERROR"));
});

const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));

test("there is a history of every way a workflow can go", () => {
  expect(files.length).toBeGreaterThanOrEqual(18);
});

test.each(files)("today's workflow code replays %s", async (file) => {
  await Worker.runReplayHistory({ workflowBundle }, read(file));
});

test("a history that another code has written is refused", async () => {
  const text = readFileSync(join(folder, "sample-base.json"), "utf8");
  const other = JSON.parse(text.replaceAll('"infer"', '"inferOtherwise"')) as unknown;
  await expect(Worker.runReplayHistory({ workflowBundle }, other)).rejects.toThrow(
    DeterminismViolationError,
  );
});
