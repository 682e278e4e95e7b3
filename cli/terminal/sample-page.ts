import { formatMilliseconds } from "../../domain/text/format-milliseconds.js";
import { stringifyExactly } from "../../domain/json/exact-number.js";
import type { Gold, Sample } from "../../domain/samples/sample.js";
import type {
  SynthesisTrace,
  TrainingTrace,
  UncertaintyTrace,
  UnitTrace,
} from "../../domain/units/trace.js";
import { explainAnswers } from "../../domain/uncertainty/explain-answers.js";
import type { JsonValue } from "../../domain/json/value.js";
import type { ResultRow } from "../../store/store.js";
import { formatBar, formatColumns, indent, shorten } from "./format.js";
import { paintVerdict } from "../../report/text/describe-verdict.js";
import type { Span } from "../../domain/text/span.js";

/** Data of one `show` page. */
export interface SamplePage {
  readonly sweep: string;
  readonly sample: Sample;
  readonly gold: Gold | null;
  /** Results to show, in config order. */
  readonly rows: readonly ResultRow[];
  /** Finds the base model's result on this sample for the row's seed, shown as "before". */
  readonly findBaseRow: (row: ResultRow) => ResultRow | undefined;
  /** URL of a row's history in the Temporal UI. */
  readonly link: (row: ResultRow) => string;
}

/** Renders one sample and its complete trace as blocks of lines. */
export function renderSamplePage(page: SamplePage): readonly Span[] {
  const { sample, gold, rows } = page;
  const blocks = [
    `sample ${sample.key} of ${sample.dataset}, sweep ${page.sweep}`,
    section("conversation", renderMessages(sample)),
    section(`tools (${sample.tools.length})`, renderTools(sample)),
    section("gold", gold === null ? "not in the store" : renderCalls(gold.calls)),
  ];
  if (rows.length === 0) blocks.push("No unit of this sample has a result yet.");
  return [
    { text: blocks.join("\n\n") },
    ...rows.flatMap((row) => [{ text: "\n\n" }, ...renderRow(page, row)]),
  ];
}

function section(title: string, text: string): string {
  return `${title}\n${indent(text, 2)}`;
}

function renderMessages(sample: Sample): string {
  return sample.messages.map((message) => `${message.role}: ${message.content}`).join("\n");
}

function renderTools(sample: Sample): string {
  const width = Math.max(0, ...sample.tools.map((tool) => tool.name.length));
  return sample.tools
    .map((tool) => `${tool.name.padEnd(width)}  ${shorten(tool.description, 90)}`)
    .join("\n");
}

function renderCalls(calls: JsonValue | readonly object[] | null): string {
  if (calls === null) return "could not be read as calls";
  if (Array.isArray(calls) && calls.length === 0) return "[] (no call)";
  return Array.isArray(calls)
    ? calls.map((call) => stringifyExactly(call)).join("\n")
    : stringifyExactly(calls);
}

function renderRow(page: SamplePage, row: ResultRow): Span[] {
  const { trace } = row;
  const above = [
    ...renderFailure(row),
    ...(trace.uncertainty === undefined ? [] : [renderUncertainty(trace.uncertainty)]),
    ...(trace.synthesis === undefined ? [] : [renderSynthesis(trace.synthesis)]),
    ...(trace.training === undefined ? [] : [renderTraining(trace.training)]),
  ];
  const below = [
    renderTimings(trace),
    `run ${row.attempt}, ${row.startedAt} to ${row.finishedAt}, engine ${row.engineVersion || "-"}`,
    `Temporal UI: ${page.link(row)}`,
  ];
  return [
    { text: `variant ${row.variant}, seed ${row.seed}: ` },
    paintVerdict(row),
    ...above.map((block) => ({ text: `\n${indent(block, 2)}` })),
    ...renderAnswers(page, row),
    ...below.map((block) => ({ text: `\n${indent(block, 2)}` })),
  ];
}

function renderFailure(row: ResultRow): string[] {
  if (row.outcome !== "failed") return [];
  return [`failed with ${row.errorCode ?? "an unknown error"}: ${row.errorMessage ?? ""}`];
}

function renderFlag({ candidates, answers, margin, tau, uncertain }: UncertaintyTrace): string {
  if (candidates.length === 1 && !answers && !uncertain) return "one tool only: certain";
  const [sign, flag] = uncertain ? ["<", "uncertain"] : [">=", "certain"];
  return `margin ${margin.toFixed(3)} ${sign} tau ${formatTau(tau)}: ${flag}`;
}

function renderUncertainty(trace: UncertaintyTrace): string {
  const ranked = [...trace.candidates].sort((left, right) => right.probability - left.probability);
  const width = Math.max(0, ...ranked.map((candidate) => candidate.name.length));
  const bars = ranked.map((candidate) =>
    [
      candidate.name.padEnd(width),
      formatBar(candidate.probability, 20),
      candidate.probability.toFixed(3),
      `log-likelihood ${candidate.logLikelihood.toFixed(2)} over ${candidate.tokenCount} tokens`,
    ].join("  "),
  );
  return section(
    `uncertainty (${trace.estimator})`,
    [...bars, ...explainAnswers(trace.answers), renderFlag(trace)].join("\n"),
  );
}

function formatTau(tau: number): string {
  return String(Number(tau.toFixed(4)));
}

function renderSynthesis(trace: SynthesisTrace): string {
  const attempts = trace.attempts.map(
    (attempt) =>
      `pair ${attempt.k + 1}, attempt ${attempt.attempt} (seed ${attempt.seed}): ${attempt.reason}` +
      (attempt.reason === "ok" ? "" : `  ${shorten(attempt.excerpt, 80)}`),
  );
  const pairs = trace.pairs.map((pair, index) =>
    [
      `synthetic pair ${index + 1}`,
      ...(pair.instruction === "" ? [] : [`  instruction: ${pair.instruction}`]),
      ...(pair.input === "" ? [] : [`  input:  ${pair.input}`]),
      `  output: ${stringifyExactly(pair.output)}`,
    ].join("\n"),
  );
  return section(`synthesis: ${trace.status}`, [...attempts, ...pairs].join("\n"));
}

function renderTraining(trace: TrainingTrace): string {
  const losses = shortenList(trace.losses.map((loss) => loss.toFixed(3))).join(" → ");
  const again =
    trace.retrained === 0
      ? ""
      : `\nretrained ${trace.retrained} time${trace.retrained === 1 ? "" : "s"} after its adapter was lost`;
  return section(
    "adaptation",
    `losses ${losses}\n` +
      `adapter ${trace.adapterId}, seed ${trace.seed}, ${formatMilliseconds(trace.trainMs)}, weights ${trace.weightHash.slice(0, 12)}${again}`,
  );
}

/** Shortens a long list to its beginning and end. */
function shortenList(items: readonly string[]): readonly string[] {
  return items.length <= 10 ? items : [...items.slice(0, 6), "…", ...items.slice(-3)];
}

function renderAnswers(page: SamplePage, row: ResultRow): Span[] {
  const { answer } = row.trace;
  if (answer === undefined) return [];
  const base = page.findBaseRow(row);
  const before = base?.trace.answer?.texts[0];
  const forced = answer.forcedName === undefined ? "" : `, first name forced: ${answer.forcedName}`;
  const from = `from the ${answer.from === "base" ? "base model" : "adapted model"}${forced}`;
  const isCompared = before !== undefined && base !== undefined && base.unitKey !== row.unitKey;
  const own = `${isCompared ? "after:  " : ""}${answer.texts[0] ?? ""}`;
  const more = answer.texts.slice(1).map((text, index) => `answer ${index + 2}: ${text}`);
  const tokens = `${answer.promptTokens} prompt tokens, ${answer.completionTokens} generated`;
  const add = (lines: readonly string[]): Span => ({ text: `\n${indent(lines.join("\n"), 4)}` });
  return [
    { text: "\n  answer" },
    add([from]),
    ...(isCompared
      ? [add([`before (${base.variant}): ${before}  [`]), paintVerdict(base), { text: "]" }]
      : []),
    add([own, ...more, tokens]),
  ];
}

function renderTimings(trace: UnitTrace): string {
  if (trace.timings.length === 0) return "steps: none recorded";
  const rows = trace.timings.map((timing) => [
    timing.step,
    formatMilliseconds(timing.queueMs),
    timing.reusedFrom === undefined ? formatMilliseconds(timing.computeMs) : "reused",
    String(timing.attempt),
    timing.worker,
    timing.reusedFrom === undefined ? "" : `from ${timing.reusedFrom}`,
  ]);
  const heads = ["step", "queued", "computed", "attempt", "worker", ""];
  return section("steps", formatColumns(heads, rows, [1, 2, 3]).join("\n"));
}
