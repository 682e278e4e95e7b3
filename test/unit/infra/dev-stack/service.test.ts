import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { isAlive, readRecord } from "../../../../infra/dev-stack/process-record.js";
import type { ServiceSpec } from "../../../../infra/dev-stack/service.js";
import { ensureService, stopService } from "../../../../infra/dev-stack/service.js";
import { makeTemporaryHome } from "./temporary-home.js";

/** A real process that writes its pid when it is ready and exits on SIGTERM. */
function makeSpec(home: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  const file = join(home, "ready");
  const script = `
    require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid));
    console.log("listening with", process.env.FLAVOUR);
    setInterval(() => {}, 1000);
  `;
  return {
    name: "thing",
    title: "The thing",
    command: process.execPath,
    arguments: ["-e", script],
    environment: { FLAVOUR: "vanilla" },
    ports: [],
    parameters: { flavour: "vanilla" },
    startTimeoutMs: 20_000,
    errorCode: "WORKER_NOT_STARTED",
    isHealthy: (record) =>
      Promise.resolve(existsSync(file) && readFileSync(file, "utf8") === String(record.pid)),
    ...changes,
  };
}

function makeHome(): string {
  const home = makeTemporaryHome();
  onTestFinished(async () => {
    const record = readRecord(home, "thing");
    if (record !== null) await stopService(home, record);
  });
  return home;
}

describe("ensureService", () => {
  it("starts it once, with its log and environment, and then reuses it", async () => {
    const home = makeHome();
    expect(await ensureService(home, makeSpec(home))).toBe("started");
    const first = readRecord(home, "thing")!;
    expect(isAlive(first)).toBe(true);
    // The process is healthy once it listens; its log line may come a moment later.
    await vi.waitFor(() => {
      expect(readFileSync(first.logFile, "utf8")).toBe("listening with vanilla\n");
    }, 10_000);
    expect(await ensureService(home, makeSpec(home))).toBe("running");
    expect(readRecord(home, "thing")!.pid).toBe(first.pid);
  });

  it("restarts it after it was killed", async () => {
    const home = makeHome();
    await ensureService(home, makeSpec(home));
    const first = readRecord(home, "thing")!;
    process.kill(first.pid, "SIGKILL");
    while (isAlive(first)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await ensureService(home, makeSpec(home))).toBe("started");
    expect(readRecord(home, "thing")!.pid).not.toBe(first.pid);
  });

  it("restarts it if it was started with other parameters", async () => {
    const home = makeHome();
    await ensureService(home, makeSpec(home));
    const first = readRecord(home, "thing")!;
    const spec = makeSpec(home, { parameters: { flavour: "mint" } });
    expect(await ensureService(home, spec)).toBe("restarted");
    expect(isAlive(first)).toBe(false);
    expect(readRecord(home, "thing")!.parameters).toEqual({ flavour: "mint" });
  });

  it("quotes its log if it exits", async () => {
    const home = makeHome();
    const script = 'console.error("no such model"); process.exit(3)';
    const spec = makeSpec(home, {
      arguments: ["-e", script],
      isHealthy: () => Promise.resolve(false),
    });
    await expect(ensureService(home, spec)).rejects.toMatchObject({
      code: "WORKER_NOT_STARTED",
      message:
        "The thing exited immediately after it started. Last lines of its log:\n    no such model",
      hint: `read ${join(home, "logs", "thing.log")}; \`npx whetstone doctor\` checks what is installed`,
    });
    expect(readRecord(home, "thing")).toBeNull();
  });

  it.each(["SIGKILL", "SIGTERM"])("starts it again if %s ends it while it starts", async (name) => {
    const home = makeHome();
    const spec = makeSpec(home);
    const marker = JSON.stringify(join(home, "killed"));
    const dying = `
      const { existsSync, writeFileSync } = require("node:fs");
      if (!existsSync(${marker})) {
        writeFileSync(${marker}, "");
        process.kill(process.pid, ${JSON.stringify(name)});
        setInterval(() => {}, 1000);
      } else { ${spec.arguments[1] ?? ""} }
    `;
    expect(await ensureService(home, { ...spec, arguments: ["-e", dying] })).toBe("started");
    expect(isAlive(readRecord(home, "thing")!)).toBe(true);
  });

  it("gives up if every start is ended", async () => {
    const home = makeHome();
    const count = join(home, "count");
    const script = `
      require("node:fs").appendFileSync(${JSON.stringify(count)}, "x");
      process.kill(process.pid, "SIGKILL");
    `;
    const spec = makeSpec(home, { arguments: ["-e", script] });
    await expect(ensureService(home, spec)).rejects.toMatchObject({ code: "WORKER_NOT_STARTED" });
    expect(readFileSync(count, "utf8")).toBe("xxxxx");
  });

  it("reports that it is not ready in time", async () => {
    const home = makeHome();
    const spec = makeSpec(home, {
      arguments: ["-e", "setInterval(() => {}, 1000)"],
      startTimeoutMs: 1_000,
      isHealthy: () => Promise.resolve(false),
    });
    await expect(ensureService(home, spec)).rejects.toThrow(
      /^The thing \(pid \d+\) is not ready after 1 s\.$/,
    );
  });

  it("reports a missing program", async () => {
    const home = makeHome();
    const spec = makeSpec(home, { command: "/nowhere/thing" });
    await expect(ensureService(home, spec)).rejects.toMatchObject({
      code: "WORKER_NOT_STARTED",
      message: "The thing could not be started: /nowhere/thing",
      hint: "npm run setup",
    });
  });
});

describe("stopService", () => {
  it("kills a process that ignores SIGTERM, and deletes its record", async () => {
    const home = makeHome();
    const file = join(home, "ready");
    const script = `
      process.on("SIGTERM", () => {});
      require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.pid));
      setInterval(() => {}, 1000);
    `;
    await ensureService(home, makeSpec(home, { arguments: ["-e", script] }));
    const record = readRecord(home, "thing")!;
    await stopService(home, record, 100);
    expect(isAlive(record)).toBe(false);
    expect(readRecord(home, "thing")).toBeNull();
  });

  it("does not kill another process with the same pid", async () => {
    const home = makeHome();
    await ensureService(home, makeSpec(home));
    const record = readRecord(home, "thing")!;
    await stopService(home, { ...record, name: "other", identity: "an earlier process" });
    expect(isAlive(record)).toBe(true);
  });
});
