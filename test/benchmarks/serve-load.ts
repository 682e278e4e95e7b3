/**
 * Puts `whetstone serve` with the tiny model under load, first quiet and then with faults:
 *
 * npx tsx test/benchmarks/serve-load.ts [--clients 200] [--minutes 10] [--rate 1] [--quiet-seconds 30] [--rounds 2]
 *   [--trainers 2] [--seed 1] [--out FILE]
 *
 * Quiet, in rounds: requests at a steady rate to the engine alone and to the endpoint, where all are certain, with and
 * without trainings beside, which go straight to the engine. Then clients that wait for nothing but their answers ask
 * certain and uncertain requests, some with a budget, some twice, while endpoint, workers, engine and server are killed.
 * `--rounds 0` leaves the quiet part out, `--minutes 0` the other. Exit code 1 if an accepted request is lost, or answered
 * twice differently.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { EngineClient } from "../../engine-client/engine-client.js";
import { readToolVersion } from "../../infra/repository.js";
import { loadConfig } from "../../planning/load-config.js";
import { getPromptStyle } from "../../prompts/index.js";
import type { ServedRow } from "../../store/records.js";
import { createWorkspace } from "../e2e/workspace.js";
import { formatRow } from "./format-row.js";
import { askAllAgain, findWrong, readRows } from "./serve-load/check-answers.js";
import type { Asked, Tenant } from "./serve-load/clients.js";
import { post, runClients } from "./serve-load/clients.js";
import { causeFaults } from "./serve-load/faults.js";
import { QuestionSource, SERVED } from "./serve-load/questions.js";
import type { QuietLoad } from "./serve-load/quiet-load.js";
import { applyQuietLoad, quantile } from "./serve-load/quiet-load.js";
import { send } from "./serve-load/send.js";
import { ServedEndpoint } from "./serve-load/served-endpoint.js";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "200" },
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "1" },
    "quiet-seconds": { type: "string", default: "30" },
    rounds: { type: "string", default: "2" },
    trainers: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
const [clients, rounds, trainers, seed] = [
  ...[values.clients, values.rounds, values.trainers, values.seed],
].map(Number) as [number, number, number, number];
const [minutes, rate, quietSeconds] = [
  ...[values.minutes, values.rate, values["quiet-seconds"]],
].map(Number) as [number, number, number];

/** How long clients wait for their last answers, milliseconds. */
const PATIENCE_MS = 600_000;

const TENANTS: readonly Tenant[] = [
  { name: "app", token: "token-of-app" },
  { name: "batch", token: "token-of-batch" },
];

/** Kinds of requests in the table. */
const KINDS = ["certain", "uncertain, adapted", "uncertain, not adapted", "late", "other"] as const;

const lines: string[] = [];
function print(line = ""): void {
  lines.push(line);
  console.log(line);
}

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(1))
    .join(", ");

const workspace = await createWorkspace();
const endpoint = await ServedEndpoint.prepare(workspace, TENANTS);
const broken: string[] = [];
try {
  const [machine, memory] = [cpus(), Math.round(totalmem() / 2 ** 30)];
  print(`whetstone ${readToolVersion()} serve, tiny model; seed ${seed}`);
  print(
    `machine: ${machine.length} cores (${machine[0]?.model ?? "unknown"}), ${memory} GB; node ${process.version}; everything on it: clients, endpoint, workers, engine, Temporal's development server, SQLite`,
  );
  print(`load averages (1, 5, 15 minutes) before the run, which others may cause: ${load()}`);
  await endpoint.start(rounds > 0 ? "certain" : "tt-si");
  const { config } = loadConfig(`${workspace.folder}/${SERVED}.yaml`, []);
  const engine = new EngineClient({ baseUrl: workspace.settings.engineUrl });
  const source = new QuestionSource(
    seed,
    { served: SERVED, base: await engine.baseModel() },
    getPromptStyle(config.prompt, config.format),
  );
  if (rounds > 0) await measureQuiet(source);
  if (rounds > 0 && minutes > 0) {
    await endpoint.end("SIGTERM");
    await endpoint.start("tt-si");
  }
  if (minutes > 0) await measureLoaded(source);
  print(`load averages after the run: ${load()}`);
  if (values.out !== undefined) writeFileSync(values.out, `${lines.join("\n")}\n`);
} finally {
  await endpoint.end("SIGKILL");
  await workspace.close();
}
process.exitCode = broken.length > 0 ? 1 : 0;

/** A steady load of certain requests, on the engine alone and on the endpoint. */
async function measureQuiet(source: QuestionSource): Promise<void> {
  const engineUrl = workspace.settings.engineUrl;
  let trained = 0;
  let served = 0;
  const askBare = () => send(`${engineUrl}/v1/chat/completions`, source.draw().bare);
  const askServed = () => {
    served += 1;
    const entry: Asked = {
      ...{ tenant: TENANTS[0]!, requestId: `quiet-${served}`, question: source.draw().question },
      ...{ budgetMs: null, seconds: 0, tries: 1, reply: null },
    };
    return post(endpoint.url, entry);
  };
  const train = async () => {
    const id = `load-${(trained += 1)}`;
    await send(`${engineUrl}/v1/adapters`, { id, ...source.draw().training });
    await fetch(`${engineUrl}/v1/adapters/${id}`, { method: "DELETE" });
  };
  const loads = {
    "trainings alone": { ask: null, train },
    "bare engine": { ask: askBare, train: null },
    "bare engine, trainings beside": { ask: askBare, train },
    served: { ask: askServed, train: null },
    "served, trainings beside": { ask: askServed, train },
  };
  type Name = keyof typeof loads;
  const measured = new Map<Name, QuietLoad[]>();
  // The first requests of a process are slow.
  await applyQuietLoad({ ...loads["served, trainings beside"], ...quiet(0), over: 5 });
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, each] of Object.entries(loads) as [Name, (typeof loads)[Name]][]) {
      const result = await applyQuietLoad({ ...each, ...quiet(round) });
      measured.set(name, [...(measured.get(name) ?? []), result]);
    }
  }
  const secondsOf = (name: Name) => (measured.get(name) ?? []).flatMap(({ seconds }) => seconds);
  const trainingsOf = (name: Name) => {
    const all = measured.get(name) ?? [];
    const total = all.reduce((sum, { trainings }) => sum + trainings, 0);
    return { total, perSecond: total / all.reduce((sum, { over }) => sum + over, 0) };
  };
  print();
  print(
    `certain requests at ${rate} per second at random times, ${rounds} rounds of ${quietSeconds} s each; beside: ${trainers} trainings at a time`,
  );
  const widths = [30, 6, 8, 8, 8, 11, 8];
  print(formatRow(["", "n", "p50 s", "p95 s", "p99 s", "trainings", "per s"], widths));
  for (const name of Object.keys(loads) as Name[]) {
    const { total, perSecond } = trainingsOf(name);
    const seconds = secondsOf(name);
    print(
      formatRow(
        [
          ...[name, seconds.length, ...describeSeconds(seconds)],
          ...(loads[name].train === null ? ["--", "--"] : [total, perSecond.toFixed(2)]),
        ],
        widths,
      ),
    );
  }
  const p95 = (name: Name) => quantile(secondsOf(name), 0.95);
  const share = (name: Name) =>
    ((100 * trainingsOf(name).perSecond) / trainingsOf("trainings alone").perSecond).toFixed(0);
  print(
    `p95 served / bare engine: ${(p95("served") / p95("bare engine")).toFixed(2)} without trainings, ` +
      `${(p95("served, trainings beside") / p95("bare engine, trainings beside")).toFixed(2)} with trainings beside both, ` +
      `${(p95("served, trainings beside") / p95("bare engine")).toFixed(2)} with trainings beside the served (goal: at most 1.5)`,
  );
  print(
    `trainings per second beside served requests / alone: ${share("served, trainings beside")} %, ` +
      `beside the bare engine's: ${share("bare engine, trainings beside")} % (goal: at least 76 %)`,
  );
}

function quiet(round: number) {
  return { rate, trainers, over: quietSeconds, seed: seed + round };
}

/** Clients without pauses, and faults. */
async function measureLoaded(source: QuestionSource): Promise<void> {
  const began = performance.now();
  const until = began + minutes * 60_000;
  const [ledger, faults] = await Promise.all([
    runClients({
      ...{ url: endpoint.url, clients, tenants: TENANTS, source, seed },
      ...{ until, giveUp: until + PATIENCE_MS },
    }),
    causeFaults(workspace, endpoint, minutes * 60),
  ]);
  const seconds = (performance.now() - began) / 1000;
  const { asked } = ledger;
  const store = await workspace.openStore();
  const rows = await readRows(store, asked).finally(() => store.close());
  const again = await askAllAgain(endpoint.url, asked);
  broken.push(...ledger.broken, ...findWrong(asked, rows), ...again);
  const dead = workspace.services().filter(({ alive }) => !alive);
  broken.push(...dead.map(({ name }) => `${name} is dead at the end`));

  print();
  const tries = asked.reduce((sum, each) => sum + each.tries, 0);
  const answered = asked.filter(({ reply }) => reply !== null).length;
  print(
    `${clients} clients without pauses for ${minutes} minutes, with faults: ${asked.length} requests, ${answered} answered in ${seconds.toFixed(0)} s, ${(answered / seconds).toFixed(2)} per second; ` +
      `${tries} tries; ${ledger.repeats} asked again, ${ledger.conflicts} other questions under a used id`,
  );
  const widths = [34, 6, 8, 8, 8];
  print(formatRow(["seconds from first try to answer", "n", "p50 s", "p95 s", "p99 s"], widths));
  for (const kind of KINDS) {
    const of = asked.filter(
      (each, index) => each.reply !== null && kindOf(rows[index] ?? null) === kind,
    );
    print(formatRow([kind, of.length, ...describeSeconds(of.map((each) => each.seconds))], widths));
  }
  const errors = [...ledger.errors].map(([code, count]) => `${code} ${count}`);
  print(`responses that were no answer: ${errors.length === 0 ? "none" : errors.join(", ")}`);
  print();
  print(formatRow(["kill -9", "at s", "runs again after s"], [26, 8, 20]));
  for (const { target, at, back } of faults) {
    const after = back === null ? "never" : back.toFixed(1);
    print(formatRow([target, at.toFixed(0), after], [26, 8, 20]));
    if (back === null) broken.push(`${target} did not run again`);
  }
  print();
  print(
    `asked again at the end: ${answered} requests, ${again.length} with another answer or none`,
  );
  print(broken.length === 0 ? "every accepted request has one answer" : "BROKEN:");
  for (const each of broken.slice(0, 50)) print(`  ${each}`);
  if (broken.length > 50) print(`  and ${broken.length - 50} more`);
}

/** What became of a request. */
function kindOf(row: ServedRow | null): (typeof KINDS)[number] {
  const { from, uncertain } = row?.answer ?? {};
  if (from === "late" || from === "adapted") return from === "late" ? "late" : "uncertain, adapted";
  if (from === undefined || uncertain === null) return "other";
  return uncertain === true ? "uncertain, not adapted" : "certain";
}

function describeSeconds(seconds: readonly number[]): string[] {
  return [0.5, 0.95, 0.99].map((share) =>
    seconds.length === 0 ? "--" : quantile(seconds, share).toFixed(2),
  );
}
