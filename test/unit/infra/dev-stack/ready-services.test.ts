import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isAlive, listRecords, readRecord } from "../../../../infra/dev-stack/process-record.js";
import { settleAll, startInRounds } from "../../../../infra/dev-stack/ready-services.js";
import type { ServiceSpec } from "../../../../infra/dev-stack/service.js";
import { ensureService, stopService } from "../../../../infra/dev-stack/service.js";
import { makeTemporaryHome } from "./temporary-home.js";

/** A real process that is ready once it has written its pid, which it does as soon as its need has. */
function makeSpec(home: string, name: string, need?: string): ServiceSpec {
  const script = `
    const { existsSync, writeFileSync } = require("node:fs");
    const write = () => {
      if (${JSON.stringify(need ?? "")} !== "" && !existsSync(${JSON.stringify(need ?? "")})) return;
      writeFileSync(${JSON.stringify(join(home, name))}, String(process.pid));
    };
    write();
    setInterval(write, 50);
  `;
  return {
    name,
    title: `The ${name}`,
    command: process.execPath,
    arguments: ["-e", script],
    environment: {},
    ports: [],
    parameters: {},
    startTimeoutMs: 20_000,
    errorCode: "ENGINE_NOT_STARTED",
    isHealthy: (record) => {
      const file = join(home, name);
      return Promise.resolve(existsSync(file) && Number(readFileSync(file, "utf8")) === record.pid);
    },
  };
}

function makeHome(): string {
  const home = makeTemporaryHome();
  onTestFinished(async () => {
    for (const record of listRecords(home)) await stopService(home, record);
  });
  return home;
}

function kill(home: string, name: string): void {
  process.kill(readRecord(home, name)!.pid, "SIGKILL");
}

it("starts what dies while others wait for it, and lets the others go on waiting", async () => {
  const home = makeHome();
  const engine = makeSpec(home, "engine");
  // Becomes ready only after the engine has been killed and started again.
  const worker = makeSpec(home, "worker", join(home, "again"));
  const lost: string[] = [];
  let waiting: number | undefined;
  let rounds = 0;
  await startInRounds(
    home,
    async (ready) => {
      rounds += 1;
      await ensureService(home, engine);
      ready.add(engine);
      if (rounds > 1) await ensureService(home, makeSpec(home, "again"));
      const started = ensureService(home, worker, {
        checkNeeds: () => {
          if (rounds === 1 && readRecord(home, "worker") !== null && waiting === undefined) {
            waiting = readRecord(home, "worker")?.pid;
            kill(home, "engine");
          }
          ready.check();
        },
      });
      await settleAll([started]);
    },
    (title) => lost.push(title),
  );
  expect(lost).toEqual(["The engine"]);
  expect(rounds).toBe(2);
  expect(readRecord(home, "worker")!.pid).toBe(waiting);
  for (const name of ["engine", "worker"]) expect(isAlive(readRecord(home, name)!)).toBe(true);
});

it("gives up after six rounds, with the code of the service that dies", async () => {
  const home = makeHome();
  const engine = makeSpec(home, "engine");
  let rounds = 0;
  const start = startInRounds(home, async (ready) => {
    rounds += 1;
    await ensureService(home, engine);
    ready.add(engine);
    const record = readRecord(home, "engine")!;
    kill(home, "engine");
    while (isAlive(record)) await new Promise((resolve) => setTimeout(resolve, 5));
    ready.check();
  });
  await expect(start).rejects.toMatchObject({
    code: "ENGINE_NOT_STARTED",
    message: "The engine died while others waited for it.",
  });
  expect(rounds).toBe(6);
});

it("does not repeat a start that fails while its services run", async () => {
  const home = makeHome();
  const engine = makeSpec(home, "engine");
  let rounds = 0;
  const start = startInRounds(home, async (ready) => {
    rounds += 1;
    await ensureService(home, engine);
    ready.add(engine);
    throw new Error("no such model");
  });
  await expect(start).rejects.toThrow("no such model");
  expect(rounds).toBe(1);
});

it("settleAll waits for every start and throws the first failure", async () => {
  let isOver = false;
  const slow = new Promise<void>((resolve) =>
    setTimeout(() => {
      isOver = true;
      resolve();
    }, 50),
  );
  await expect(settleAll([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
  expect(isOver).toBe(true);
});
