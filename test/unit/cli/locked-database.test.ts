import LibsqlDatabase from "libsql";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withStoreForReading } from "../../../cli/context.js";
import { loadSettings } from "../../../infra/settings.js";
import { openStore } from "../../../store/open-store.js";
import { makeTemporaryHome } from "../infra/dev-stack/temporary-home.js";
import { makeSweep } from "../store/fixtures.js";
import { createRecordingTerminal } from "./recording-terminal.js";

it("says once that it waits for a locked database, then goes on", async () => {
  const home = makeTemporaryHome();
  const settings = loadSettings({ WHETSTONE_HOME: home });
  await (await openStore(settings.databaseUrl)).close();
  const holder = new LibsqlDatabase(join(home, "whetstone.db"));
  holder.exec("begin immediate");
  const terminal = createRecordingTerminal();
  // The lock is gone once the command has said that it waits.
  const note = (line: string): void => {
    terminal.notes.push(line);
    holder.exec("rollback");
    holder.close();
  };
  const context = { settings, terminal: { ...terminal, note } };
  await withStoreForReading(context, async (store) => store?.createSweep(makeSweep()));
  expect(terminal.notes).toEqual([
    `The results database ${settings.databaseUrl} is locked by another process; waiting for it.`,
  ]);
}, 30_000);
