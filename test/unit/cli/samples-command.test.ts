import { Command } from "commander";
import { expect, it } from "vitest";
import { addSamplesCommand } from "../../../cli/commands/samples.js";
import type { Printable } from "../../../domain/text/span.js";
import { loadSettings } from "../../../infra/settings.js";
import { openStore } from "../../../store/open-store.js";
import { makeTemporaryHome } from "../infra/dev-stack/temporary-home.js";
import { makeFailure, makeResult, makeSweep, makeUnit } from "../store/fixtures.js";
import { createRecordingTerminal } from "./recording-terminal.js";

/** Runs `samples` on two reported units and two calibration units, one of which failed. */
async function samples(...options: readonly string[]): Promise<Printable[]> {
  const settings = loadSettings({ WHETSTONE_HOME: makeTemporaryHome() });
  const store = await openStore(settings.databaseUrl);
  const [right, wrong] = [0, 1].map((row) => makeUnit(row));
  const [calibrated, failed] = [2, 3].map((row) => makeUnit(row, { role: "calibration" }));
  await store.createSweep(makeSweep());
  await store.putUnits([right!, wrong!, calibrated!, failed!]);
  const calls = [{ name: "get", arguments: { of: "it" } }];
  const text = `<tool_call>${JSON.stringify(calls)}</tool_call>`;
  const answer = { from: "base", texts: [text], promptTokens: 1, completionTokens: 1 } as const;
  const trace = { answer, timings: [] };
  await store.putResult(makeResult(right!, { calls, trace }));
  await store.putResult(makeResult(wrong!, { calls, trace, correct: false, verdict: "name:put" }));
  await store.putResult(makeResult(calibrated!, { calls, trace }));
  await store.putResult(makeFailure(failed!));
  await store.close();
  const printed: Printable[] = [];
  const terminal = {
    ...createRecordingTerminal(),
    result: (line: Printable) => void printed.push(line),
  };
  const program = new Command().exitOverride();
  addSamplesCommand(program, { settings, terminal });
  await program.parseAsync(["node", "whetstone", "samples", "trial", ...options]);
  return printed;
}

it("shows calls without tags, and verdicts in color", async () => {
  const [, right, wrong, ...more] = await samples();
  expect(more).toEqual([]);
  expect(right).toEqual([
    { text: expect.stringMatching(/^0-00000000 /) as string },
    { text: "right", color: "good" },
    { text: expect.stringMatching(/^ +\[\{"name":"get","arguments":\{"of":"it"\}\}\]$/) as string },
  ]);
  expect(wrong).toContainEqual({ text: "wrong (name:put)", color: "bad" });
});

it("lists calibration units only if asked, and failed ones always with --failed", async () => {
  expect(await samples("--calibration")).toHaveLength(5);
  const failed = await samples("--failed");
  expect(failed).toHaveLength(2);
  expect(JSON.stringify(failed[1])).toContain("3-00000003");
});
