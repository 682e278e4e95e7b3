import { parseConfig } from "../../domain/config/parse.js";
import { createRandom } from "../../domain/identity/random.js";
import type { GoldSample } from "../../domain/samples/sample.js";
import type { UnitTrace } from "../../domain/units/trace.js";
import { isSelective } from "../../domain/methods/methods.js";
import type { VariantSpec } from "../../domain/config/variant.js";
import type { ReportData } from "../../report/model/report-data.js";
import type { ResultRow } from "../../store/store.js";
import type { MadeReportSweep } from "../unit/report/with-texts.js";
import { summariseRows, withTexts } from "../unit/report/with-texts.js";

/** A report with all its rows in memory. */
interface WholeReport extends ReportData {
  readonly sweeps: readonly MadeReportSweep[];
}

/** Size and content of a synthetic report. */
export interface MadeReport {
  readonly samples: number;
  readonly seeds?: number;
  readonly sweep?: string;
  /** Added to the first sample's query and to every answer to it. */
  readonly hostileText?: string;
  /** Samples used for the statistics, which are slow; default: all. */
  readonly summarised?: number;
  /** Variants besides the default ones, in config syntax; cheats need `allowGold`. */
  readonly variants?: readonly (string | object)[];
  readonly allowGold?: boolean;
  readonly model?: string;
  /** Added to every sample's skill, to simulate a better model. */
  readonly luck?: number;
}

const CONFIG = `
sweep: made-up
model: tiny
dataset: { format: lookalike }
seeds: 1
variants:
  - base
  - { name: tt-si, method: tt-si, tau: 0.95 }
  - { name: tt-si-0.5, method: tt-si, tau: 0.5 }
  - { name: tt-si-ppl, method: tt-si, estimator: perplexity, tau: 3 }
  - { name: tt-si-all, method: tt-si, selection: all }
  - { name: tt-si-k4, method: tt-si, synthesis: { examples: 4 } }
  - argmax-name
  - shuffled-pair
`;

const TOPICS = ["weather", "train", "recipe", "parcel", "loan", "garden", "concert", "visa"];

/**
 * A report as if read from a store, drawn from a fixed seed: eight variants whose margins are
 * informative about base's mistakes, all outcomes, every kind of trace.
 */
export function makeReport(made: MadeReport): WholeReport {
  const seeds = made.seeds ?? 1;
  const text = writeConfig(made);
  const config = {
    ...parseConfig({ text, source: "made-up.yaml" }),
    sweep: made.sweep ?? "made-up",
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
  };
  const samples = new Map<string, GoldSample>();
  const rows: ResultRow[] = [];
  for (let row = 0; row < made.samples; row += 1) {
    const entry = makeSample(row, row === 0 ? (made.hostileText ?? "") : "");
    samples.set(`lookalike/${entry.sample.key}`, entry);
    for (const seed of config.seeds) {
      for (const variant of config.variants) {
        rows.push(makeRow(config.sweep, variant, seed, entry, made));
      }
    }
  }
  rows.sort((left, right) => (left.unitKey < right.unitKey ? -1 : 1));
  const record = {
    name: config.sweep,
    status: "finished" as const,
    statusReason: null,
    configHash: "c0ffee".repeat(10),
    hashVersion: 2,
    configText: text,
    config,
    provenance: { toolVersion: "0.1.0", git: { commit: "0".repeat(40), dirty: false } },
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T01:00:00.000Z",
  };
  const thresholds: never[] = [];
  const counted =
    made.summarised === undefined
      ? rows
      : rows.filter((row) => Number.parseInt(row.sampleKey, 10) < (made.summarised ?? 0));
  const summary = summariseRows({
    ...{ record, rows: counted, thresholds, planned: rows.length, samples },
  });
  return {
    sweeps: [withTexts({ record, summary, thresholds, units: rows, samples })],
    generatedBy: "whetstone 0.1.0",
  };
}

/** JSON is YAML: one list entry per added variant. */
function writeConfig({ variants = [], allowGold, model = "tiny" }: MadeReport): string {
  const added = variants.map((variant) => `  - ${JSON.stringify(variant)}\n`).join("");
  const options = allowGold
    ? "allowGold: true\nsplit: { name: train, format: openai-jsonl, path: train.jsonl }\n"
    : "";
  return `${CONFIG.replace("model: tiny", `model: ${model}`)}${added}${options}`;
}

function makeSample(row: number, hostile: string): GoldSample {
  const random = createRandom(`sample/${row}`);
  const topic = TOPICS[Math.floor(random() * TOPICS.length)] ?? "weather";
  const key = `${row}-${hex(random, 8)}`;
  const names = ["find", "list", "book", "cancel"].map((verb) => `${verb}_${topic}`);
  const tools = names.map((name) => ({
    name,
    description: `Does ${name.replace("_", " the ")} as asked, for one place and one day.`,
    parameters: {
      type: "object",
      properties: {
        place: { type: "string", description: "Name of the place, as the user wrote it." },
        day: { type: "string", description: "Day of the week." },
      },
      required: ["place"],
    },
  }));
  const place = `Town ${hex(random, 5)}`;
  return {
    sample: {
      key,
      dataset: "lookalike",
      row,
      messages: [
        {
          role: "user",
          content: `Please find the ${topic} of ${place} on Monday, if there is one. ${hostile}`,
        },
      ],
      tools,
    },
    gold: { calls: [{ name: `find_${topic}`, arguments: { place, day: "Monday" } }] },
  };
}

function makeRow(
  sweep: string,
  variant: VariantSpec,
  seed: number,
  { sample, gold }: GoldSample,
  made: MadeReport,
): ResultRow {
  const hostile = made.hostileText ?? "";
  // A sample's skill is the same for all variants; luck differs by unit.
  const shared = createRandom(`shared/${seed}/${sample.key}`);
  const own = createRandom(`own/${variant.name}/${seed}/${sample.key}`);
  const skill = shared() + (made.luck ?? 0);
  const margin = Math.min(0.9999, Math.max(0.0001, skill * 1.3 - 0.2 + 0.2 * shared()));
  const usesMargin = isSelective(variant.method) || variant.method === "argmax-name";
  const shown = variant.estimator.kind === "perplexity" ? 6 * margin : margin;
  const tau = variant.tau === "auto" ? 0.95 : variant.tau;
  const uncertain = usesMargin ? shown < tau : null;
  const adapts = isSelective(variant.method) && (variant.selection === "all" || uncertain === true);
  const exhausted = adapts && own() < 0.05;
  const adapted = adapts && !exhausted;
  const isRight = skill + (adapted ? 0.12 * (own() - 0.25) : 0) > 0.4;
  const draw = own();
  const outcome = draw < 0.01 ? "failed" : draw < 0.03 ? "unparsable" : "scored";
  const correct = outcome === "failed" ? null : outcome === "scored" && isRight;
  const goldCall = gold.calls[0];
  const place = isRight ? goldCall?.arguments["place"] : `Town ${hex(own, 5)}`;
  const calls = [{ name: goldCall?.name ?? "", arguments: { place: place ?? "", day: "Monday" } }];
  const text = `<tool_call>${JSON.stringify(calls)}</tool_call>${sample.row === 0 ? hostile : ""}`;
  const trace = makeTrace({
    variant,
    sample,
    own,
    margin,
    shown,
    uncertain,
    adapts,
    adapted,
    text,
  });
  const exhaustedTrace = exhausted && trace.synthesis !== undefined;
  return {
    unitKey: [sweep, variant.name, seed, sample.dataset, sample.key].join("/"),
    sweep,
    variant: variant.name,
    seed,
    dataset: sample.dataset,
    sampleKey: sample.key,
    role: "report",
    outcome,
    correct,
    correctStrict: correct === null ? null : correct && own() > 0.02,
    calls: outcome === "scored" ? calls : null,
    verdict:
      outcome === "unparsable" ? "unparsable:no-json" : correct === false ? "argument:place" : "",
    repaired: false,
    margin: uncertain === null ? null : shown,
    uncertain,
    adapted,
    synthesisStatus: adapts ? (exhausted ? "exhausted" : "ok") : null,
    synthesisAttempts: trace.synthesis?.attempts.length ?? 0,
    candidateCount: sample.tools.length,
    errorCode: outcome === "failed" ? "GPU_WORKER_LOST" : null,
    errorMessage: outcome === "failed" ? "The worker did not come back." : null,
    attempt: 1,
    startedAt: "2026-01-01T00:00:00.000Z",
    finishedAt: "2026-01-01T00:00:07.000Z",
    runId: "11111111-2222-3333-4444-555555555555",
    toolVersion: "0.1.0",
    engineVersion: "0.1.0",
    trace: exhaustedTrace
      ? { ...trace, synthesis: { ...trace.synthesis, status: "exhausted", pairs: [] } }
      : trace,
  };
}

interface TraceInput {
  readonly variant: VariantSpec;
  readonly sample: GoldSample["sample"];
  readonly own: () => number;
  readonly margin: number;
  readonly shown: number;
  readonly uncertain: boolean | null;
  readonly adapts: boolean;
  readonly adapted: boolean;
  readonly text: string;
}

function makeTrace(input: TraceInput): UnitTrace {
  const { variant, sample, own, margin, adapts, adapted, text } = input;
  const top = (1 + margin) / 2;
  const candidates = sample.tools.map((tool, place) => ({
    name: tool.name,
    logLikelihood: place === 0 ? Math.log(top) : Math.log((1 - top) / 3),
    tokenCount: 3 + place,
    probability: place === 0 ? top : (1 - top) / 3,
  }));
  const pairs = Array.from({ length: variant.synthesis.examples }, (_, k) => ({
    instruction: "",
    input: `Could you find the ${sample.tools[0]?.name.slice(5) ?? ""} of Village ${hex(own, 4)} ${k}?`,
    output: [{ name: sample.tools[0]?.name ?? "", arguments: { place: `Village ${k}` } }],
  }));
  const step = (name: UnitTrace["timings"][number]["step"], seconds: number) => ({
    step: name,
    queueMs: Math.round(40 * own()),
    computeMs: Math.round(1000 * seconds * (0.8 + 0.4 * own())),
    worker: "worker-1@host",
    attempt: 1,
  });
  const start = 1.5 + own();
  return {
    ...(input.uncertain === null
      ? {}
      : {
          uncertainty: {
            estimator: variant.estimator.kind,
            candidates,
            margin: input.shown,
            tau: variant.tau === "auto" ? 0.95 : variant.tau,
            uncertain: input.uncertain,
          },
        }),
    ...(adapts
      ? {
          synthesis: {
            status: "ok" as const,
            pairs,
            attempts: pairs.flatMap((pair, k) => [
              ...(own() < 0.3
                ? [{ k, attempt: 1, seed: 12 + k, reason: "not-json", excerpt: "Sure! Here is" }]
                : []),
              {
                k,
                attempt: 2,
                seed: 77 + k,
                reason: "ok",
                excerpt: JSON.stringify(pair),
                worker: "worker-1@host",
                computeMs: 1234,
              },
            ]),
          },
        }
      : {}),
    ...(adapted
      ? {
          training: {
            adapterId: `${sample.key}-adapter`,
            seed: 4711,
            losses: [start, start, start * 0.6, start * 0.3, start * 0.15],
            trainMs: 2000,
            weightHash: "ab".repeat(32),
            retrained: 0,
          },
        }
      : {}),
    answer: {
      from: adapted ? "adapter" : "base",
      texts: [text],
      promptTokens: 180,
      completionTokens: 24,
    },
    timings: [
      ...(input.uncertain === null ? [] : [step("scoreUncertainty", 0.2)]),
      ...(adapts ? [step("synthesize", 1.4)] : []),
      ...(adapted ? [step("trainAdapter", 2)] : []),
      step("infer", 0.6),
      ...(adapted ? [step("resetAdapter", 0.01)] : []),
    ],
  };
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(16 * random()).toString(16)).join("");
}
