import { join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { describeUnreadable } from "../../../../cli/sweep/unreadable-answers.js";
import { makeReportSweep } from "../../report/fixtures.js";

const { record } = makeReportSweep();
const stopped = {
  ...record,
  status: "stopped",
  statusReason: "ANSWERS_UNREADABLE: 20 of 20.",
} as const;
const invocations = [
  {
    configPath: join(process.cwd(), "my configs", "a.yaml"),
    overrides: ["seeds=2", "sweep=trial"],
  },
  { configPath: null, overrides: [] },
];

test("the error names the reason and two commands", () => {
  expect(describeUnreadable({ ...stopped, provenance: { invocations } })).toMatchObject({
    code: "ANSWERS_UNREADABLE",
    message: "Sweep trial was stopped. 20 of 20.",
    hint:
      "npx whetstone run 'my configs/a.yaml' --set seeds=2 --set sweep=trial-constrained --set inference.decoding=constrained " +
      "(or continue as it is: npx whetstone run 'my configs/a.yaml' --set seeds=2 --set sweep=trial --set run.stopOnUnreadable=false)",
  });
});

test("constrained answers get a higher token limit", () => {
  const variants = record.config.variants.map((variant) => ({
    ...variant,
    inference: { ...variant.inference, decoding: "constrained" as const, maxTokens: 16 },
  }));
  const sweep = { ...stopped, provenance: {}, config: { ...record.config, variants } };
  expect(describeUnreadable(sweep)?.hint).toContain(
    "npx whetstone run CONFIG --set sweep=trial-longer --set inference.maxTokens=32 (",
  );
});

test("a sweep that ended for another reason has no such error", () => {
  expect(describeUnreadable(record)).toBeNull();
  expect(describeUnreadable({ ...stopped, statusReason: "3 of 12 units failed" })).toBeNull();
  expect(describeUnreadable({ ...stopped, status: "running" })).toBeNull();
});
