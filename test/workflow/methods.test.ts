import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { METHODS } from "../../domain/methods/registry.js";
import { deriveBaseSeed } from "../../domain/identity/seeds.js";
import { createEstimator } from "../../domain/uncertainty/uncertainty.js";
import type { ResultRow } from "../../store/store.js";
import { dropNewAdapters } from "./drop-new-adapters.js";
import type { Gateway } from "./gateway.js";
import { openGateway } from "./gateway.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";
import { stopProcess } from "./servers.js";
import { spawnWorker } from "./spawn-worker.js";

/** Appears only in gold: any other occurrence means that gold has leaked. */
const CANARY = "zq7canary93";

/** A secret that no log and no history may contain. */
const WRONG_KEY = "sk-zq7-not-the-key";

const HONEST = [
  "base",
  "{ name: icl-random, method: icl }",
  "{ name: icl-nearest, method: icl, demonstrations: { examples: 2, select: nearest } }",
  "{ method: tt-si, selection: all }",
  "{ name: grounded, method: tt-si, selection: all, synthesis: { grounding: substitute } }",
  "{ name: rewritten, method: tt-si, selection: all, synthesis: { grounding: rewrite, name: best } }",
  "{ name: verified, method: tt-si, selection: all, synthesis: { verify: channel, draws: 2 } }",
  "{ name: adaptive, method: tt-si, selection: all, synthesis: { examples: 3 }, training: { adaptive: true } }",
  "{ name: copied, method: tt-si, selection: all, inference: { copy: true } }",
  "{ name: certain, method: tt-si, selection: certain, tau: 0 }",
  "{ name: by-nll, method: tt-si, estimator: nll, tau: 0 }",
  "{ name: by-channel, method: tt-si, estimator: channel, tau: 1.01 }",
  "{ name: by-chance, method: tt-si, estimator: { kind: rss, rate: 1 } }",
  "{ method: tt-si-icl, selection: all }",
  "argmax-name",
  "{ name: channel, method: argmax-name, estimator: channel }",
  "{ method: copy-rule, synthesis: { name: channel } }",
  "{ method: identity-pair, selection: all }",
  "{ method: shuffled-pair, selection: all }",
  "{ method: random-gate, estimator: { kind: rss, rate: 1 } }",
  "{ method: sft, training: { batchSize: 2 } }",
  "{ method: sft-ood, demonstrations: { examples: 2, draw: 1 } }",
];

const CHEATS = [
  "{ method: oracle-pair, selection: all }",
  "cheat-icl",
  "{ method: cheat-ttt, selection: all }",
  "cheat-sft",
];

const TOOLS = ["get_lamp_price", "find_lamp_shop", "send_lamp"].map((name) => ({
  type: "function",
  function: {
    name,
    description: `${name.replaceAll("_", " ")} for somebody`,
    parameters: {
      type: "object",
      properties: { lamp: { type: "string" }, days: { type: "integer" }, note: { type: "string" } },
      required: ["lamp"],
    },
  },
}));

function record(index: number, lamp: string): string {
  const call = {
    name: "get_lamp_price",
    arguments: JSON.stringify({ lamp, note: `${CANARY}${index}` }),
  };
  return JSON.stringify({
    tools: TOOLS,
    messages: [
      { role: "user", content: `What does the lamp Orlo ${index} cost over ${index + 20} days?` },
      { role: "assistant", tool_calls: [{ id: "c", type: "function", function: call }] },
    ],
  });
}

let harness: Harness;
let gateway: Gateway;
let teacherModel: string;
let worker: ChildProcess;
/** The worker's output at log level debug. */
let workerLog: string;
const bodies: { readonly path: string; readonly body: string }[] = [];

beforeAll(async () => {
  const servers = inject("servers");
  gateway = await openGateway(servers.engineUrl);
  gateway.onBody = (path, body) => bodies.push({ path, body });
  harness = await openHarness(servers, "methods", gateway.url);
  process.env["WHETSTONE_TEST_TEACHER_KEY"] = WRONG_KEY;
  workerLog = join(harness.settings.home, "worker.log");
  worker = await spawnWorker(harness, workerLog);
  const models = (await (await fetch(`${servers.engineUrl}/v1/models`)).json()) as {
    data: { id: string }[];
  };
  teacherModel = models.data[0]?.id ?? "";
  const lines = (lamps: readonly string[]) => lamps.map((lamp, index) => record(index, lamp));
  writeFileSync(join(harness.settings.home, "test.jsonl"), lines(["a", "b"]).join("\n"));
  const five = lines(["a", "b", "c", "d", "e"]).map((line) => line.replaceAll("Orlo", "Tavi"));
  writeFileSync(join(harness.settings.home, "calibrated.jsonl"), five.join("\n"));
  // Different records, so the split has its own gold.
  const split = lines(["c", "d", "e"]).map((line) => line.replaceAll("Orlo", "Vela"));
  writeFileSync(
    join(harness.settings.home, "split.jsonl"),
    split.join("\n").replaceAll(CANARY, "split"),
  );
});

afterAll(async () => {
  await stopProcess(worker);
  // Adapters of whole sweeps stay live for a while; other tests share the engine.
  await dropNewAdapters(inject("servers").engineUrl, new Set(), "sft-");
  await harness.close();
  await gateway.close();
});

async function run(
  sweep: string,
  variants: readonly string[],
  more: readonly string[] = [],
  dataset = "{ format: openai-jsonl, path: test.jsonl }",
): Promise<ResultRow[]> {
  const config = await harness.plan([
    `sweep: ${sweep}`,
    `dataset: ${dataset}`,
    "split: { format: openai-jsonl, path: split.jsonl }",
    `teacher: { baseUrl: "${gateway.url}/v1", model: ${teacherModel} }`,
    "inference: { temperature: 0, maxTokens: 48, decoding: constrained, calls: one }",
    "synthesis: { decoding: constrained, maxTokens: 160, maxAttempts: 2, checks: false }",
    "training: { learningRate: 5e-3, epochs: 2 }",
    ...more,
    "variants:",
    ...variants.map((variant) => `  - ${variant}`),
  ]);
  const running = await startSweep(harness.client, { config });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  return harness.store.listResults(sweep);
}

/** The complete Temporal history of a sweep, with payloads decoded. */
async function readHistories(sweep: string): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId } of harness.client.workflow.list()) {
    if (!workflowId.startsWith(`${sweep}/`) && !workflowId.startsWith(`sweep:${sweep}`)) continue;
    const history = await harness.client.workflow.getHandle(workflowId).fetchHistory();
    texts.push(
      JSON.stringify(history, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value,
      ),
    );
  }
  expect(texts.length).toBeGreaterThan(0);
  return texts.join("\n");
}

describe("shared computation", () => {
  test("twenty thresholds need one pass of H", async () => {
    bodies.length = 0;
    const variants = Array.from(
      { length: 20 },
      (_, index) => `{ name: tau-${index}, method: tt-si, tau: ${index / 1000} }`,
    );
    await run("taus", variants);
    expect(bodies.filter(({ path }) => path === "/v1/score")).toHaveLength(2);
  });

  test("twenty thresholds that all adapt a sample train once", async () => {
    bodies.length = 0;
    const variants = Array.from(
      { length: 20 },
      (_, index) => `{ name: tau-${index}, method: tt-si, tau: ${1.01 + index / 1000} }`,
    );
    const rows = await run("adapting-taus", variants, ["seeds: [6]"]);
    expect(bodies.filter(({ path, body }) => path === "/v1/adapters" && body !== "")).toHaveLength(
      2,
    );
    for (const row of rows.slice(0, 2)) {
      const equal = rows.filter(({ sampleKey }) => sampleKey === row.sampleKey);
      expect(equal).toHaveLength(20);
      expect(new Set(equal.map(({ adapted }) => adapted))).toEqual(new Set([true]));
      expect(new Set(equal.map(({ trace }) => trace.training?.weightHash)).size).toBe(1);
      const computed = equal.filter(({ trace }) =>
        trace.timings.some(({ step, reusedFrom }) => step === "trainAdapter" && !reusedFrom),
      );
      expect(computed).toHaveLength(1);
    }
  });

  test("if no sample is selected, only H scores and the base model answers", async () => {
    bodies.length = 0;
    const rows = await run(
      "none",
      [
        "{ method: tt-si, selection: none, tau: 1.01 }",
        "{ name: trivial, method: tt-d, selection: none, estimator: trivial }",
      ],
      ["seeds: [11]"],
    );
    for (const { uncertain, adapted, synthesisStatus, trace } of rows) {
      expect({ uncertain, adapted, synthesisStatus }).toEqual({
        uncertain: true,
        adapted: false,
        synthesisStatus: null,
      });
      expect(trace.timings.map(({ step }) => step)).toEqual(["scoreUncertainty", "infer"]);
      expect(trace.answer?.from).toBe("base");
    }
    expect(rows).toHaveLength(4);
    expect(bodies.map(({ path }) => path)).not.toContain("/v1/adapters");
  });

  test("five seeds give five different draws", async () => {
    const free = "inference: { temperature: 2, maxTokens: 24, decoding: free }";
    const rows = await run("seeds", [`{ method: base, ${free} }`], ["seeds: 5"]);
    const [sample] = rows;
    const texts = rows
      .filter(({ sampleKey }) => sampleKey === sample?.sampleKey)
      .map(({ trace }) => trace.answer?.texts[0]);
    expect(texts).toHaveLength(5);
    expect(new Set(texts).size).toBe(5);
  });
});

describe("gold", () => {
  test("appears in no request and no history of any honest method", async () => {
    bodies.length = 0;
    const teacher = "{ method: tt-d, selection: all, synthesis: { decoding: free } }";
    const rows = await run("honest", [...HONEST, teacher]);
    expect(rows).toHaveLength((HONEST.length + 1) * 2);
    expect(bodies.length).toBeGreaterThan(50);
    expect(bodies.filter(({ body }) => body.includes(CANARY))).toEqual([]);
    expect(await readHistories("honest")).not.toContain(CANARY);
    const log = readFileSync(workerLog, "utf8");
    expect(log.length).toBeGreaterThan(10_000);
    expect(log).not.toContain(CANARY);
    expect(readFileSync(inject("servers").engineLog, "utf8")).not.toContain(CANARY);
    // The teacher received its requests, without a temperature.
    const teaching = bodies.filter(
      ({ path, body }) => path.endsWith("/chat/completions") && !body.includes('"temperature"'),
    );
    expect(teaching.length).toBeGreaterThan(0);
    const [taught] = rows.filter((row) => row.variant === "tt-d");
    expect(taught?.trace.synthesis?.attempts[0]?.usage?.promptTokens).toBeGreaterThan(0);
  });

  test("of calibration records is used only to choose the threshold", async () => {
    bodies.length = 0;
    const dataset = "{ format: openai-jsonl, path: calibrated.jsonl, calibration: 3 }";
    const rows = await run("auto", ["{ method: tt-si, tau: auto }"], ["seeds: [13]"], dataset);
    expect(rows.filter(({ variant }) => variant === "calibration")).toHaveLength(3);
    expect(bodies.filter(({ path }) => path === "/v1/score")).toHaveLength(5);
    expect(bodies.filter(({ body }) => body.includes(CANARY))).toEqual([]);
    expect(await readHistories("auto")).not.toContain(CANARY);
    expect(readFileSync(workerLog, "utf8")).not.toContain(CANARY);
  });

  test("is seen only by cheating methods, and only if allowed", async () => {
    await expect(run("refused", CHEATS)).rejects.toThrow("sees the test samples' gold");
    bodies.length = 0;
    const rows = await run("cheats", CHEATS, ["allowGold: true"]);
    expect(rows).toHaveLength(CHEATS.length * 2);
    const shown = bodies.filter(({ body }) => body.includes(CANARY));
    expect(shown.some(({ path }) => path === "/v1/adapters")).toBe(true);
    expect(shown.some(({ path }) => path === "/v1/stretches")).toBe(true);
    expect(shown.some(({ path }) => path.endsWith("/chat/completions"))).toBe(true);
  });

  test("covers every method", () => {
    const covered = [...HONEST, ...CHEATS, "tt-d"].join("\n");
    const missing = METHODS.filter((method) => !new RegExp(`\\b${method}\\b`).test(covered));
    expect(missing).toEqual([]);
  });
});

describe("controls", () => {
  let rows: ResultRow[];
  const of = (variant: string): ResultRow[] => rows.filter((row) => row.variant === variant);

  beforeAll(async () => {
    rows = await harness.store.listResults("honest");
  });

  test("shuffled-pair trains on a pair made for another sample", () => {
    for (const row of of("shuffled-pair")) {
      const [pair] = row.trace.synthesis?.pairs ?? [];
      expect(pair).toBeDefined();
      expect(row.adapted).toBe(true);
      const other = of("shuffled-pair").find(({ sampleKey }) => sampleKey !== row.sampleKey);
      const own = of("tt-si").find(({ sampleKey }) => sampleKey === other?.sampleKey);
      expect(pair).toEqual(own?.trace.synthesis?.pairs[0]);
    }
  });

  test("copy-rule leaves no value that is not in the query", () => {
    for (const row of of("copy-rule")) {
      const { grounding } = row.trace.answer ?? {};
      const given = Object.entries(grounding?.calls[0]?.arguments ?? {});
      expect(given.length).toBeGreaterThan(0);
      for (const [key, value] of given) {
        if (typeof value === "string") {
          expect(`What does the lamp Orlo 0 cost over 20 days? Orlo 1 21`).toContain(value);
        } else expect(["days"]).toContain(key);
      }
    }
  });

  test("identity-pair trains on the query itself, with the grounded answer", () => {
    for (const row of of("identity-pair")) {
      const [pair] = row.trace.synthesis?.pairs ?? [];
      expect(pair?.instruction).toMatch(/^What does the lamp Orlo \d cost/);
      expect(pair?.output).toEqual(row.trace.grounding?.calls);
    }
  });

  test("adaptive K stops when the held-out pair no longer improves", () => {
    for (const { trace } of of("adaptive")) {
      const losses = trace.heldBackLosses ?? [];
      expect(losses.length).toBeGreaterThanOrEqual(2);
      const falls = losses.slice(1).map((loss, index) => loss < (losses[index] ?? 0));
      expect(falls.slice(0, -1)).not.toContain(false);
      // Each used pair adds one example to every epoch.
      const used = falls.filter(Boolean).length;
      expect(trace.training?.losses.length ?? 0).toBe(used * 2);
      expect(trace.answer?.from).toBe(used > 0 ? "adapter" : "base");
    }
  });

  test("icl shows records of the split and scores nothing", () => {
    for (const row of of("icl-nearest")) {
      expect(row.trace.demonstrations).toHaveLength(2);
      expect(row.trace.demonstrations?.[0]?.instruction).toContain("Vela");
      expect(row.uncertain).toBeNull();
      expect(row.adapted).toBe(false);
    }
  });
});

describe("random-gate", () => {
  const FIVE = "{ format: openai-jsonl, path: calibrated.jsonl }";
  const RATE = 0.6;
  const gate = `{ method: random-gate, estimator: { kind: rss, rate: ${RATE} } }`;

  /** What chance says of a sample: by the seed and its key alone. */
  const isDrawn = ({ seed, sampleKey }: ResultRow): boolean => {
    const score = { name: "a", logLikelihood: 0, tokenCount: 1 };
    const { margin } = createEstimator({ kind: "random" }, deriveBaseSeed(seed))(
      [score],
      sampleKey,
    );
    return margin < RATE;
  };
  const byUnit = (rows: readonly ResultRow[]) =>
    new Map(rows.map((row) => [`${row.seed}/${row.sampleKey}`, row]));

  test("adapts the samples that chance draws, as tt-si does, and the base model answers the others", async () => {
    const more = ["seeds: [0, 1]"];
    const rows = await run("gate", ["base", gate, "{ method: tt-si, selection: all }"], more, FIVE);
    const [base, adapted] = ["base", "tt-si"].map((name) =>
      byUnit(rows.filter(({ variant }) => variant === name)),
    );
    const gated = rows.filter(({ variant }) => variant === "random-gate");
    expect(gated).toHaveLength(10);
    expect(new Set(gated.map(isDrawn))).toEqual(new Set([true, false]));
    for (const row of gated) {
      const unit = `${row.seed}/${row.sampleKey}`;
      expect([row.uncertain, row.adapted], unit).toEqual([isDrawn(row), isDrawn(row)]);
      const same = (isDrawn(row) ? adapted : base)?.get(unit);
      expect(row.trace.answer?.texts, unit).toEqual(same?.trace.answer?.texts);
      expect(row.trace.training?.weightHash, unit).toBe(same?.trace.training?.weightHash);
    }
  });

  test("leaves the choice of a grounded pair's tool to the estimator, so that pairs are tt-si's", async () => {
    const grounded = "synthesis: { grounding: substitute, name: best }";
    const rows = await run("gate-named", [
      `{ method: tt-si, selection: all, estimator: channel, ${grounded} }`,
      `{ method: random-gate, estimator: { kind: channel, rate: 1 }, ${grounded} }`,
    ]);
    const own = byUnit(rows.filter(({ variant }) => variant === "tt-si"));
    const gated = rows.filter(({ variant }) => variant === "random-gate");
    expect(gated).toHaveLength(2);
    for (const row of gated) {
      const same = own.get(`${row.seed}/${row.sampleKey}`);
      expect(row.trace.uncertainty?.estimator).toBe("random");
      expect(row.trace.synthesis?.pairs).toEqual(same?.trace.synthesis?.pairs);
      expect(row.trace.training?.weightHash).toBe(same?.trace.training?.weightHash);
      expect(row.trace.training?.weightHash).toBeDefined();
      // One computation for both: their keys name the same estimator.
      const drawn = [row, same].flatMap((each) =>
        (each?.trace.timings ?? []).filter(
          ({ step, reusedFrom }) => step === "synthesize" && reusedFrom === undefined,
        ),
      );
      expect(drawn).toHaveLength(1);
    }
  });

  test("draws the same samples in another order, in a part of the data, and when the rest follows", async () => {
    const few = FIVE.replace("}", ", limit: 2 }");
    const flags = (rows: readonly ResultRow[]) =>
      new Map(rows.map(({ sampleKey, uncertain }) => [sampleKey, uncertain]));
    const first = flags(await run("gate-grown", [gate], ["run: { partitions: 1 }"], few));
    const all = await run("gate-grown", [gate], ["run: { partitions: 4 }"], FIVE);
    expect(first.size).toBe(2);
    expect(all).toHaveLength(5);
    const later = flags(all);
    for (const [key, flag] of first) expect(later.get(key)).toBe(flag);
    for (const row of all) expect(row.uncertain).toBe(isDrawn(row));
  });
});

test("a pair that reaches its token limit is truncated, for every writer", async () => {
  const limit = "selection: all, synthesis: { decoding: free, maxTokens: 4, maxAttempts: 3 }";
  const rewritten =
    "selection: all, synthesis: { grounding: rewrite, maxTokens: 1, maxAttempts: 1 }";
  const rows = await run("cut", [
    `{ method: tt-si, ${limit} }`,
    `{ method: tt-d, ${limit} }`,
    `{ name: rewritten, method: tt-si, ${rewritten} }`,
  ]);
  for (const { variant, trace, synthesisStatus } of rows) {
    const attempts = trace.synthesis?.attempts ?? [];
    expect(attempts.map(({ reason }) => reason)).toEqual(
      Array.from({ length: variant === "rewritten" ? 1 : 3 }, () => "cut-off"),
    );
    expect(synthesisStatus).toBe("exhausted");
    // Failed draws still cost time.
    const timings = trace.timings.filter(({ step }) => step === "synthesize");
    const spent = attempts.reduce((sum, { computeMs = 0 }) => sum + computeMs, 0);
    expect(timings).toHaveLength(1);
    expect(timings[0]?.computeMs).toBeGreaterThanOrEqual(spent);
  }
  // Another sweep reuses them at no cost.
  const [again] = await run("cut-again", [`{ method: tt-si, ${limit} }`]);
  const [reused] = again?.trace.timings.filter(({ step }) => step === "synthesize") ?? [];
  expect(reused?.computeMs).toBe(0);
  expect(reused?.reusedFrom).toMatch(/^cut\//);
});

test("the paper's limit of 32768 tokens is capped at the model's context", async () => {
  const wide = "synthesis: { decoding: free, maxTokens: 32768, maxAttempts: 1 }";
  const rows = await run("wide", [`{ method: tt-si, selection: all, ${wide} }`]);
  const reasons = rows.map(({ trace }) => trace.synthesis?.attempts[0]?.reason);
  expect(reasons).toHaveLength(2);
});

test("a wrong teacher key stops the sweep at the first unit", async () => {
  const refusing = await openGateway(inject("servers").engineUrl);
  refusing.mode = "refuse";
  try {
    const config = await harness.plan([
      "sweep: wrong-key",
      "dataset: { format: openai-jsonl, path: test.jsonl }",
      `teacher: { baseUrl: "${refusing.url}/v1", model: any, apiKeyEnv: WHETSTONE_TEST_TEACHER_KEY }`,
      "run: { concurrency: 1, partitions: 1 }",
      "variants:",
      "  - { method: tt-d, selection: all }",
    ]);
    const running = await startSweep(harness.client, { config });
    const { status, reason } = await running.result();
    expect(status).toBe("stopped");
    expect(reason).toContain("SAMPLER_KEY_REFUSED");
    expect(readFileSync(workerLog, "utf8")).not.toContain(WRONG_KEY);
    expect(await readHistories("wrong-key")).not.toContain(WRONG_KEY);
    const rows = await harness.store.listResults("wrong-key");
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("not-the-key");
  } finally {
    await refusing.close();
  }
});
