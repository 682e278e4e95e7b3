import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ensureService, stopService } from "../../infra/dev-stack/service.js";
import { readRecord } from "../../infra/dev-stack/process-record.js";
import { temporalService } from "../../infra/dev-stack/temporal-service.js";
import { loadSettings } from "../../infra/settings.js";
import { findFreePort } from "./servers.js";

test.each(["a b#c?d%41'é", "%2e", "x&_fk=1"])(
  "the local Temporal server keeps its history in a home folder named %s",
  async (name) => {
    const parent = mkdtempSync(join(tmpdir(), "whetstone-home-"));
    const home = join(parent, name);
    const settings = loadSettings({
      WHETSTONE_HOME: home,
      WHETSTONE_TEMPORAL_PORT: String(await findFreePort()),
      WHETSTONE_TEMPORAL_UI_PORT: String(await findFreePort()),
    });
    const spec = temporalService(settings);
    onTestFinished(async () => {
      const record = readRecord(home, spec.name);
      if (record !== null) await stopService(home, record);
      rmSync(parent, { recursive: true, force: true });
    });
    await ensureService(home, spec);
    expect(readdirSync(home)).toContain("temporal.db");
    expect(readdirSync(parent)).toEqual([name]);
  },
);
