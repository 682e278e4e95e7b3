import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StepContext } from "../../../../activities/support/step-context.js";
import { loadStepContext } from "../../../../activities/support/step-context.js";
import { CHANNEL_PROMPT_HASH } from "../../../../prompts/channel.js";
import type { SynthesisOrigin } from "../../../../activities/support/step-keys.js";
import {
  answerKey,
  channelKey,
  heldBackKey,
  scoreKey,
  synthesisKey,
  trainingKey,
} from "../../../../activities/support/step-keys.js";
import { sampleContentHash } from "../../../../domain/identity/sample-hash.js";
import { stepKey } from "../../../../domain/identity/step-key.js";
import type { JsonObject } from "../../../../domain/json/value.js";
import { CONFIG_DEFAULTS } from "../../../../domain/config/defaults.js";
import type { GoldSample } from "../../../../domain/samples/sample.js";
import type { SyntheticPair } from "../../../../domain/units/trace.js";
import type { EstimatorSpec, SynthesisSpec } from "../../../../domain/config/variant.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import type { SweepPlan } from "../../../../contracts/sweep-plan.js";
import { makeSample, makeUnit } from "../../store/fixtures.js";

const PLAN: SweepPlan = {
  modelFingerprint: "model-1",
  prompt: "compact",
  candidateOrder: "given",
  gpuClass: "a40",
  privateQueueTimeoutSeconds: 60,
  recordOn: "local",
};
const SAMPLER = { baseUrl: "http://127.0.0.1:9/v1", model: "m" };
const { inference, estimator, training } = CONFIG_DEFAULTS;
const PAIR: SyntheticPair = { instruction: "a", input: "", output: [] };

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "whetstone-step-keys-"));
  store = await openStore(`sqlite:${join(folder, "whetstone.db")}`);
  await store.putSamples("lookalike", "hash", [makeSample(0), makeSample(1)]);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const load = (changes: { row?: number; seed?: number; plan?: Partial<SweepPlan> } = {}) =>
  loadStepContext(store, {
    unit: makeUnit(changes.row ?? 0, { seed: changes.seed ?? 0 }),
    plan: { ...PLAN, ...changes.plan },
  });

const origin = (
  synthesis: Partial<SynthesisSpec> = {},
  rest: Partial<SynthesisOrigin> = {},
): SynthesisOrigin => ({
  synthesis: { ...CONFIG_DEFAULTS.synthesis, ...synthesis },
  inference,
  estimator,
  ...rest,
});

/** Pairs on the sample itself. */
const ofOwn = ({ sample }: StepContext, pairs: readonly SyntheticPair[]) => ({
  pairs,
  samples: pairs.map(() => sample),
});

/** Every kind of key in one context, the parameters left as they are. */
const allKeys = (context: StepContext): Record<string, string> => ({
  score: scoreKey(context),
  channel: channelKey(context),
  synthesis: synthesisKey(context, origin(), 0),
  training: trainingKey(context, ofOwn(context, [PAIR]), training),
  answer: answerKey(context, inference, {}),
});

/** The kinds whose key is another one. */
const changed = (a: Record<string, string>, b: Record<string, string>): string[] =>
  Object.keys(a).filter((kind) => a[kind] !== b[kind]);

const ALL = ["score", "channel", "synthesis", "training", "answer"];

/** Fails where two of the labelled keys are equal. */
function expectDistinct(keys: Readonly<Record<string, string>>): void {
  const seen = new Map<string, string>();
  const equal = Object.entries(keys).flatMap(([label, key]) => {
    const other = seen.get(key);
    seen.set(key, label);
    return other === undefined ? [] : [`${label} = ${other}`];
  });
  expect(equal).toEqual([]);
}

describe("every key", () => {
  it("includes the model, the prompt style, the sample and the sampler", async () => {
    const keys = allKeys(await load());
    const others = {
      model: await load({ plan: { modelFingerprint: "model-2" } }),
      prompt: await load({ plan: { prompt: "paper" } }),
      sample: await load({ row: 1 }),
      sampler: await load({ plan: { sampler: SAMPLER } }),
    };
    for (const context of Object.values(others)) {
      expect(changed(keys, allKeys(context))).toEqual(ALL);
    }
  });

  it("excludes the sweep, the variant and where a step runs", async () => {
    const context = await loadStepContext(store, {
      unit: makeUnit(0, { sweep: "other", variant: "tt-si" }),
      plan: { ...PLAN, gpuClass: "h100", privateQueueTimeoutSeconds: 1, recordOn: "cpu" },
    });
    expect(allKeys(context)).toEqual(allKeys(await load()));
  });

  it("includes the order in which tools are shown", async () => {
    const [{ sample, gold }] = [makeSample(2)];
    const tools = ["a", "b", "c", "d"].map((name) => ({
      name,
      description: "",
      parameters: { type: "object" },
    }));
    await store.putSamples("lookalike", "hash", [{ sample: { ...sample, tools }, gold }]);
    const given = allKeys(await load({ row: 2 }));
    const shuffled = allKeys(await load({ row: 2, plan: { candidateOrder: "shuffled" } }));
    expect(changed(given, shuffled)).toEqual(ALL);
  });
});

describe("schemas", () => {
  const loadWith = async (row: number, parameters: JsonObject) => {
    const { sample, gold } = makeSample(row);
    const tools = [{ name: "a", description: "", parameters }];
    await store.putSamples("lookalike", "hash", [{ sample: { ...sample, tools }, gold }]);
    return load({ row });
  };

  it("add a version to every step's key, unless all of a sample's schemas are plain", async () => {
    const { keyOf } = await loadWith(3, { type: "object", properties: { a: { type: "string" } } });
    const nullable = { type: "object", properties: { a: { type: ["string", "null"] } } };
    const other = await loadWith(4, nullable);
    const basis = (context: StepContext) => ({
      modelFingerprint: "model-1",
      promptHash: context.style.hash,
      sampleHash: sampleContentHash(context.sample),
    });
    const plain = await load({ row: 3 });
    expect(keyOf("score", {})).toBe(stepKey("score", basis(plain)));
    expect(scoreKey(other)).toBe(stepKey("score", { ...basis(other), schemas: "schemas-1" }));
  });
});

describe("the seed", () => {
  it("is in the keys of random draws, but not in H's", async () => {
    const other = allKeys(await load({ seed: 1 }));
    expect(changed(allKeys(await load()), other)).toEqual(["synthesis", "training", "answer"]);
  });

  it("is not in the key of a single greedy answer", async () => {
    const greedy = { ...inference, temperature: 0 };
    const [first, second] = [await load(), await load({ seed: 1 })];
    expect(answerKey(first, greedy, {})).toBe(answerKey(second, greedy, {}));
    const five = { ...greedy, answers: 5 };
    expect(answerKey(first, five, {})).not.toBe(answerKey(second, five, {}));
  });
});

describe("synthesisKey", () => {
  it("depends on every input of a pair", async () => {
    const context = await load();
    const { checks } = CONFIG_DEFAULTS.synthesis;
    const key = (...given: Parameters<typeof origin>): string =>
      synthesisKey(context, origin(...given), 0);
    const server = { model: "m", baseUrl: "http://127.0.0.1:1/v1" };
    expectDistinct({
      default: key(),
      "k 1": synthesisKey(context, origin(), 1),
      temperature: key({ temperature: 0.5 }),
      maxTokens: key({ maxTokens: 100 }),
      maxAttempts: key({ maxAttempts: 2 }),
      "constrained, any calls": key({ decoding: "constrained" }),
      "constrained, one call": key(
        { decoding: "constrained" },
        { inference: { ...inference, calls: "one" } },
      ),
      checks: key({ checks: { ...checks, grounded: false } }),
      "verify rss": key({ verify: "rss" }),
      "verify channel": key({ verify: "channel" }),
      substitute: key({ grounding: "substitute" }),
      rewrite: key({ grounding: "rewrite" }),
      "substitute, shorter seed": key(
        { grounding: "substitute" },
        { inference: { ...inference, maxTokens: 9 } },
      ),
      "substitute, best": key({ grounding: "substitute", name: "best" }),
      "substitute, channel": key({ grounding: "substitute", name: "channel" }),
      teacher: key({}, { teacher: server }),
      "another teacher": key({}, { teacher: { ...server, model: "n" } }),
      revealed: key({}, { revealedCalls: [{ name: "get", arguments: {} }] }),
      draws: key({ draws: 2 }),
    });
  });

  it("does not depend on the number of pairs, nor on inputs that a free pair does not use", async () => {
    const context = await load();
    const key = synthesisKey(context, origin(), 0);
    expect(synthesisKey(context, origin({ examples: 4 }), 0)).toBe(key);
    const longer = { inference: { ...inference, maxTokens: 9, temperature: 0 } };
    expect(synthesisKey(context, origin({}, longer), 0)).toBe(key);
    expect(synthesisKey(context, origin({ name: "best" }), 0)).toBe(key);
    const withKey = { teacher: { model: "m", baseUrl: "http://127.0.0.1:1/v1", apiKeyEnv: "A" } };
    const without = { teacher: { model: "m", baseUrl: "http://127.0.0.1:1/v1" } };
    expect(synthesisKey(context, origin({}, withKey), 0)).toBe(
      synthesisKey(context, origin({}, without), 0),
    );
  });

  it("distinguishes draws with the same number after different siblings", async () => {
    const context = await load();
    const other = { ...PAIR, instruction: "b" };
    const key = (draws: number, k: number, siblings: readonly SyntheticPair[]): string =>
      synthesisKey(context, origin({ draws }, { siblings }), k);
    expectDistinct({
      "third of four draws of the first pair": key(4, 2, []),
      "first of two draws of the second pair": key(2, 2, [PAIR]),
      "the same after another first pair": key(2, 2, [other]),
    });
    // The first pair's draws are the same however many follow them.
    expect(key(2, 1, [])).toBe(key(4, 1, []));
    // With one draw per pair, the number says it all.
    expect(key(1, 1, [PAIR])).toBe(key(1, 1, []));
  });

  it("depends on the estimator only if it chooses the tool of a grounded pair", async () => {
    const context = await load();
    const specs: Record<string, EstimatorSpec> = {
      rss: estimator,
      channel: { ...estimator, kind: "channel" },
      "channel, half": { ...estimator, kind: "channel", weight: 0.5 },
    };
    const keys = (synthesis: Partial<SynthesisSpec>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(specs).map(([label, spec]) => [
          label,
          synthesisKey(context, origin(synthesis, { estimator: spec }), 0),
        ]),
      );
    expectDistinct(keys({ grounding: "substitute", name: "best" }));
    const byChannel = keys({ grounding: "substitute", name: "channel" });
    // The channel chooses whatever H is; what counts is its weight.
    expect(byChannel["rss"]).toBe(byChannel["channel"]);
    expect(byChannel["channel, half"]).not.toBe(byChannel["channel"]);
    for (const synthesis of [
      { grounding: "substitute", name: "own" },
      { grounding: "free", name: "best" },
    ] as const) {
      expect(new Set(Object.values(keys(synthesis))).size).toBe(1);
    }
  });
});

it("a name's closing is in the keys of what names' scores have a say in, unless it is the earlier one", async () => {
  const keys = (context: StepContext) => ({
    ...allKeys(context),
    verified: synthesisKey(context, origin({ verify: "rss" }), 0),
    named: synthesisKey(context, origin({ grounding: "substitute", name: "best" }), 0),
    grounded: synthesisKey(context, origin({ grounding: "substitute" }), 0),
  });
  const [earlier, token, mass, none] = [
    keys(await load()),
    keys(await load({ plan: { nameClosing: "token" } })),
    keys(await load({ plan: { nameClosing: "mass" } })),
    keys(await load({ plan: { nameClosing: "none" } })),
  ];
  expect(token).toEqual(earlier);
  expect(changed(earlier, mass)).toEqual(["score", "verified", "named"]);
  expect(changed(mass, none)).toEqual(["score", "verified", "named"]);
  expect(changed(earlier, none)).toEqual(["score", "verified", "named"]);
});

it("whether requirements are known is in the keys that the copy rule has a say in", async () => {
  const known = await load({ plan: { requirementsUnknown: ["another"] } });
  const unknown = await load({ plan: { requirementsUnknown: ["lookalike"] } });
  const keys = (context: StepContext) => ({
    ...allKeys(context),
    copied: answerKey(context, { ...inference, copy: true }, {}),
    grounded: synthesisKey(context, origin({ grounding: "substitute" }), 0),
  });
  expect(changed(keys(known), keys(unknown))).toEqual(["copied", "grounded"]);
  expect(keys(known)).toEqual(keys(await load()));
});

describe("the keys of a conversation", () => {
  const [closed] = [makeSample(3)];
  const conversation = {
    ...closed,
    sample: {
      ...closed.sample,
      messages: [
        { role: "user", content: "Book a table" },
        { role: "assistant", content: "For how many?" },
        { role: "user", content: "Two" },
      ],
    },
  } satisfies GoldSample;

  it("record that more than the last turn was scored and compared with pairs", async () => {
    await store.putSamples("lookalike", "hash", [conversation]);
    const context = await load({ row: 3 });
    const { keyOf } = context;
    const { checks } = CONFIG_DEFAULTS.synthesis;
    expect(channelKey(context)).toBe(
      keyOf("channel", { prompt: CHANNEL_PROMPT_HASH, query: "Book a table\nTwo" }),
    );
    const ofLastTurn = { ...context, sample: makeSample(0).sample };
    expect(channelKey(ofLastTurn)).toBe(keyOf("channel", { prompt: CHANNEL_PROMPT_HASH }));
    const pairKey = (given: StepContext, differsFromSeed: boolean): string =>
      synthesisKey(given, origin({ checks: { ...checks, differsFromSeed } }), 0);
    expect(pairKey(context, true)).not.toBe(pairKey(ofLastTurn, true));
    expect(pairKey(context, false)).toBe(pairKey(ofLastTurn, false));
  });
});

describe("trainingKey", () => {
  it("depends on pairs and hyperparameters", async () => {
    const context = await load();
    const key = (pairs: readonly SyntheticPair[], changes: Partial<typeof training> = {}): string =>
      trainingKey(context, ofOwn(context, pairs), { ...training, ...changes });
    expectDistinct({
      one: key([PAIR]),
      two: key([PAIR, PAIR]),
      none: key([]),
      other: key([{ ...PAIR, instruction: "b" }]),
      foreign: key([{ ...PAIR, from: { dataset: "lookalike", sampleKey: "1-00000001" } }]),
    });
    for (const [name, value] of Object.entries({
      ...{ rank: 4, alpha: 8, learningRate: 1e-3, epochs: 1, warmupRatio: 0 },
      ...{ schedule: "constant", scope: "answer" },
    })) {
      expect(key([PAIR], { [name]: value }), name).not.toBe(key([PAIR]));
    }
  });
});

describe("answerKey", () => {
  it("depends on decoding, adapter, examples and forced name", async () => {
    const context = await load();
    const key = (changes: object, from: Parameters<typeof answerKey>[2] = {}): string =>
      answerKey(context, { ...inference, ...changes }, from);
    expectDistinct({
      default: key({}),
      temperature: key({ temperature: 0.1 }),
      maxTokens: key({ maxTokens: 1 }),
      answers: key({ answers: 5 }),
      decoding: key({ decoding: "constrained" }),
      calls: key({ calls: "one" }),
      copy: key({ copy: true }),
      adapter: key({}, { trainingKey: "t" }),
      "forced name": key({}, { forcedName: "get" }),
      examples: key({}, { examples: [PAIR] }),
    });
  });
});

describe("a pair that is taken from another sample", () => {
  const NULLABLE = { type: "object", properties: { a: { type: ["string", "null"] } } };
  const { sample, gold } = makeSample(9);
  const tools = [{ name: "a", description: "", parameters: NULLABLE }];
  const foreign: SyntheticPair = {
    ...PAIR,
    from: { dataset: "lookalike", sampleKey: sample.key },
  };

  it("brings the version of the rules that read its tools' schemas, unless these are plain", async () => {
    await store.putSamples("lookalike", "hash", [{ sample: { ...sample, tools }, gold }]);
    const context = await load();
    const other = { ...sample, tools };
    const basis = { pairs: [foreign], training, seed: context.seedOf("train") };
    const plain = { pairs: [foreign], samples: [makeSample(1).sample] };
    expect(trainingKey(context, plain, training)).toBe(context.keyOf("train", basis));
    const combined = { pairs: [foreign], samples: [other] };
    const versioned = { ...basis, schemas: "schemas-1" };
    expect(trainingKey(context, combined, training)).toBe(context.keyOf("train", versioned));
    expect(heldBackKey(context, combined, training, PAIR)).toBe(
      context.keyOf("held-back", { ...versioned, heldBack: PAIR }),
    );
  });
});
