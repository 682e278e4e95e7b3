import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import type { Sample } from "../../domain/samples/sample.js";
import { EngineClient } from "../../engine-client/engine-client.js";
import { getPromptStyle } from "../../prompts/index.js";
import type { ResultRow } from "../../store/store.js";
import { orderCandidates } from "../../domain/samples/candidate-order.js";
import { smallConfig } from "./configs.js";
import type { Gateway } from "./gateway.js";
import { openGateway } from "./gateway.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";

const SAMPLES = 4;
const CALIBRATION = 3;
const SEED = 21;

let harness: Harness;
let gateway: Gateway;
let rows: ResultRow[];
/** Answers that were asked of the engine: how many each time. */
const asked: { readonly n: number; readonly temperature: number }[] = [];

beforeAll(async () => {
  const servers = inject("servers");
  gateway = await openGateway(servers.engineUrl);
  gateway.onBody = (path, body) => {
    if (path !== "/v1/chat/completions") return;
    asked.push(JSON.parse(body) as (typeof asked)[number]);
  };
  harness = await openHarness(servers, "answer-estimators", gateway.url);
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
  const variants = [
    "base",
    "{ name: call, method: tt-si, selection: none, tau: auto, estimator: { kind: call-likelihood, aggregate: sum } }",
    "{ name: least, method: tt-si, selection: none, tau: auto, estimator: min-token }",
    "{ name: votes, method: tt-si, selection: none, tau: auto, estimator: { kind: agreement, samples: 3 } }",
    "{ name: names, method: tt-si, selection: none }",
  ];
  const config = await harness.plan(
    smallConfig("answers", variants, {
      ...{ limit: SAMPLES, calibration: CALIBRATION, seed: SEED },
    }).map((line) => line.replace("maxTokens: 32", "maxTokens: 96")),
  );
  const running = await startSweep(harness.client, { config });
  expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });
  rows = await harness.store.listResults("answers");
});

afterAll(async () => {
  await harness.close();
  await gateway.close();
});

const of = (variant: string): ResultRow[] => rows.filter((row) => row.variant === variant);
const uncertaintyOf = (variant: string, sampleKey: string) =>
  of(variant).find((row) => row.sampleKey === sampleKey)?.trace.uncertainty;

test("the base model's greedy answer is written once per sample, and several once", () => {
  expect(asked.filter(({ temperature }) => temperature === 0)).toHaveLength(SAMPLES + CALIBRATION);
  const drawn = asked.filter(({ temperature }) => temperature !== 0);
  expect(drawn).toHaveLength(SAMPLES + CALIBRATION);
  expect(new Set(drawn.map(({ n, temperature }) => `${n} at ${temperature}`))).toEqual(
    new Set(["3 at 0.7"]),
  );
});

test("the margins are those of the engine's token log-probabilities of that answer", async () => {
  const engine = new EngineClient({ baseUrl: inject("servers").engineUrl });
  const style = getPromptStyle("compact", undefined);
  for (const row of of("base")) {
    const [text = ""] = row.trace.answer?.texts ?? [];
    const call = uncertaintyOf("call", row.sampleKey);
    const parsed = parseAnswer(text);
    if (!isReadable(parsed)) {
      expect([call?.margin, call?.answers]).toEqual([0, { likelihood: null }]);
      continue;
    }
    const stored = (await harness.store.getSample("lookalike", row.sampleKey))!;
    const tools = orderCandidates(stored.tools, "shuffled", stored.key);
    const sample: Sample = { ...stored, tools };
    const { scores } = await engine.score({
      model: await engine.baseModel(),
      messages: style.answerMessages(sample),
      ...{ answerPrefix: "", candidates: [text], suffix: "", tokens: true },
    });
    // The list, without its tags; an answer that was cut off has no end.
    const [start, end] = [text.indexOf("["), text.replace("</tool_call>", "").length];
    const tokens = (scores[0]?.tokens ?? []).filter(
      (token) => token.start < end && token.end > start,
    );
    const sum = tokens.reduce((total, { logLikelihood }) => total + logLikelihood, 0);
    expect(call?.answers?.likelihood?.call.tokenCount).toBe(tokens.length);
    expect(call?.margin).toBeCloseTo(Math.exp(sum), 9);
    const least = uncertaintyOf("least", row.sampleKey);
    const smallest = Math.min(...tokens.map(({ logLikelihood }) => Math.exp(logLikelihood)));
    expect(least?.margin).toBeGreaterThanOrEqual(smallest);
    expect(least?.margin).toBeLessThanOrEqual(1);
  }
});

test("agreement is the share of the most frequent calls among the drawn answers", () => {
  for (const { trace } of of("votes")) {
    const [agreement] = trace.uncertainty?.answers?.agreements ?? [];
    expect(agreement?.samples).toBe(3);
    expect(trace.uncertainty?.margin).toBe((agreement?.largest ?? -1) / 3);
  }
});

test("each estimator has a threshold from the calibration records", async () => {
  const thresholds = await harness.store.listThresholds("answers");
  expect(thresholds.map(({ variant }) => variant).sort()).toEqual(["call", "least", "votes"]);
  for (const { variant, tau, details } of thresholds) {
    expect(details["count"]).toBe(CALIBRATION);
    for (const row of of(variant)) {
      expect(row.trace.uncertainty?.tau).toBe(tau);
      expect(row.uncertain).toBe((row.margin ?? 1) < tau);
    }
  }
});

test("estimators of names read no answers", () => {
  for (const { trace } of of("names")) expect(trace.uncertainty).not.toHaveProperty("answers");
});
