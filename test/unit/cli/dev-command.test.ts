import { closeSync, writeSync } from "node:fs";
import { Command } from "commander";
import { expect, it } from "vitest";
import { addDevCommand } from "../../../cli/commands/dev.js";
import { logFile, openLog } from "../../../infra/dev-stack/log-file.js";
import { loadSettings } from "../../../infra/settings.js";
import { makeTemporaryHome } from "../infra/dev-stack/temporary-home.js";
import { createRecordingTerminal } from "./recording-terminal.js";

async function logs(home: string, name: string): Promise<string[]> {
  const terminal = createRecordingTerminal();
  const program = new Command().exitOverride();
  addDevCommand(program, { settings: loadSettings({ WHETSTONE_HOME: home }), terminal });
  await program.parseAsync(["node", "whetstone", "dev", "logs", name]);
  return terminal.results;
}

it("dev logs prints the log of a process that was stopped", async () => {
  const home = makeTemporaryHome();
  const descriptor = openLog(logFile(home, "engine"));
  writeSync(descriptor, "loading\nready\n");
  closeSync(descriptor);
  // No pid file: `dev down` has removed it.
  expect(await logs(home, "engine")).toEqual(["loading", "ready"]);
  await expect(logs(home, "enginee")).rejects.toMatchObject({
    code: "SERVICE_UNKNOWN",
    message: 'There is no log for "enginee". Available logs: engine.',
    hint: "npx whetstone dev logs engine",
  });
});

it("dev logs before anything was started says how to start it", async () => {
  await expect(logs(makeTemporaryHome(), "engine")).rejects.toMatchObject({
    message: 'There is no log for "engine": nothing has been started yet.',
    hint: "npx whetstone dev up",
  });
});
