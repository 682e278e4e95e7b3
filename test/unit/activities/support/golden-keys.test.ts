import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StepContext } from "../../../../activities/support/step-context.js";
import { loadStepContext } from "../../../../activities/support/step-context.js";
import {
  answerKey,
  channelKey,
  scoreKey,
  synthesisKey,
  trainingKey,
} from "../../../../activities/support/step-keys.js";
import type { SweepPlan } from "../../../../contracts/sweep-plan.js";
import { hashIdentity, identifySweep } from "../../../../domain/config/config-hash.js";
import type { ResolvedConfig } from "../../../../domain/config/config.js";
import { parseConfig } from "../../../../domain/config/parse.js";
import type { VariantSpec } from "../../../../domain/config/variant.js";
import { sha256Hex } from "../../../../domain/identity/hash.js";
import type { GoldSample } from "../../../../domain/samples/sample.js";
import type { SyntheticPair } from "../../../../domain/units/trace.js";
import { openStore } from "../../../../store/open-store.js";
import type { Store } from "../../../../store/store.js";
import { makeSample, makeUnit } from "../../store/fixtures.js";
import { ODD_CONFIG } from "./golden-variants.js";

const CONFIGS = join(import.meta.dirname, "..", "..", "..", "..", "configs");
const PAIR: SyntheticPair = { instruction: "a", input: "", output: [] };
const NULLABLE = { type: "object", properties: { a: { type: ["string", "null"] } } };
const TOOLS = ["a", "b", "c"].map((name) => ({ name, description: "", parameters: {} }));

/** A single turn; a conversation over several tools; a tool whose schema is more than plain. */
const SAMPLES: readonly GoldSample[] = [
  makeSample(0),
  change(makeSample(1), {
    messages: [
      { role: "user", content: "Book a table" },
      { role: "assistant", content: "For how many?" },
      { role: "user", content: "Two" },
    ],
    tools: TOOLS,
  }),
  change(makeSample(2), { tools: [{ name: "d", description: "", parameters: NULLABLE }] }),
];

function change(given: GoldSample, fields: Partial<GoldSample["sample"]>): GoldSample {
  return { ...given, sample: { ...given.sample, ...fields } };
}

let store: Store;

beforeAll(async () => {
  store = await openStore("sqlite::memory:");
  await store.putSamples("lookalike", "hash", SAMPLES);
});

afterAll(async () => {
  await store.close();
});

/** The first digits of a hash over the keys of all samples and two seeds, per kind of key. */
async function digestKeys(config: ResolvedConfig, variant: VariantSpec): Promise<string> {
  const plan: SweepPlan = {
    modelFingerprint: "model-1",
    prompt: config.prompt,
    candidateOrder: config.candidateOrder,
    ...(config.sampler ? { sampler: config.sampler } : {}),
    gpuClass: "a40",
    privateQueueTimeoutSeconds: 60,
    recordOn: "local",
  };
  const contexts = await Promise.all(
    SAMPLES.flatMap((_, row) =>
      [0, 1].map((seed) => loadStepContext(store, { unit: makeUnit(row, { seed }), plan })),
    ),
  );
  const digest = (keysOf: (context: StepContext) => string[]): string =>
    sha256Hex(contexts.flatMap(keysOf).join()).slice(0, 12);
  return Object.entries({
    score: digest((context) => [scoreKey(context)]),
    channel: digest((context) => [channelKey(context)]),
    synthesize: digest((context) =>
      [0, 1].map((k) =>
        synthesisKey(context, { ...variant, ...(k > 0 && { siblings: [PAIR] }) }, k),
      ),
    ),
    train: digest((context) => [
      trainingKey(context, { pairs: [PAIR], samples: [context.sample] }, variant.training),
    ]),
    answer: digest((context) =>
      [{}, { trainingKey: "t" }, { forcedName: "a" }, { examples: [PAIR] }].map((from) =>
        answerKey(context, variant.inference, from),
      ),
    ),
  })
    .map(([kind, value]) => `${kind} ${value}`)
    .join("  ");
}

/** The identity's hash over data whose content is made up. */
function hashConfig(config: ResolvedConfig): string {
  const content = { contentHash: "data", records: 1000 };
  const splits = config.variants.flatMap(({ split }) => (split ? [split.name] : []));
  const identity = identifySweep(config, {
    modelFingerprint: "model-1",
    promptHash: "prompt-1",
    scorerVersion: "scorer-1",
    datasets: Object.fromEntries(config.datasets.map(({ name }) => [name, content])),
    splits: Object.fromEntries(splits.map((name) => [name, "split"])),
  });
  return hashIdentity(identity);
}

/** Every config of configs/ by its path, and one of odd variants. */
function listConfigs(): [string, string][] {
  const files = readdirSync(CONFIGS, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return [
    ...files.map((name): [string, string] => [
      relative(".", name),
      readFileSync(join(CONFIGS, name), "utf8"),
    ]),
    ["odd variants", ODD_CONFIG],
  ];
}

/**
 * A change here means that stored results are computed again, or that stored sweeps no longer resume. Where that is
 * meant (a prompt or a rule has changed), `vitest -u` writes the new keys.
 */
test("configs have the hashes and the step keys that stored results are found by", async () => {
  const lines: string[] = [];
  for (const [name, text] of listConfigs()) {
    const config = parseConfig({ text, source: name, overrides: needsPath(text) });
    lines.push(`${name}  ${hashConfig(config)}`);
    for (const variant of config.variants) {
      lines.push(`  ${variant.name}  ${await digestKeys(config, variant)}`);
    }
  }
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden-keys.txt");
});

/** Configs over data that is not bundled leave its path to the user. */
function needsPath(text: string): string[] {
  return /format: lookalike|^datasets:/m.test(text) ? [] : ["dataset.path=/data"];
}
