import { formatMilliseconds } from "../domain/text/format-milliseconds.js";
import { stringifyExactly } from "../domain/json/exact-number.js";
import { explainAnswers } from "../domain/uncertainty/explain-answers.js";
import type { SyntheticPair, UnitTrace } from "../domain/units/trace.js";
import type { SampleInput } from "../contracts/sample-input.js";
import type { BaseResult } from "../contracts/steps/record-result.js";
import { block, code, round } from "./details-text.js";

/** How a unit ended. */
export interface UnitVerdict {
  /** Against gold: "right", "wrong name:search", or "failed: CODE". */
  readonly verdict: string;
  /** The base model's answer, if the unit's is another one. */
  readonly base?: BaseResult;
}

/** One unit's state. */
export interface UnitState {
  readonly input: SampleInput;
  readonly trace: UnitTrace;
  /** Undefined in histories of earlier versions. */
  readonly query: string | undefined;
  /** Undefined while the unit runs. */
  readonly end: UnitVerdict | undefined;
}

/** Renders one unit's state as Markdown for the workflow's page in the Temporal UI. */
export function renderDetails({ input, trace, query, end }: UnitState): string {
  const { variant, unit } = input;
  const sections = [
    `**${variant.name}** (${variant.method}) on ${unit.dataset} ${unit.sampleKey}, seed ${unit.seed}`,
    query === undefined ? "" : `query: ${code(query)}`,
    renderAnswer(trace),
    end === undefined ? "" : `against gold: **${end.verdict}**`,
    end?.base === undefined
      ? ""
      : `base model's answer (${end.base.verdict}): ${code(end.base.text)}`,
    renderUncertainty(trace),
    renderDemonstrations(trace),
    renderGrounding(trace),
    renderSynthesis(trace),
    renderHeldBack(trace),
    renderTraining(trace),
    renderTimings(trace),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function renderUncertainty({ uncertainty }: UnitTrace): string {
  if (!uncertainty) return "";
  const { candidates, answers, margin, tau, uncertain } = uncertainty;
  const compared = `margin ${round(margin)} ${uncertain ? "<" : ">="} tau ${round(tau)}`;
  const reason = candidates.length === 1 && !answers && !uncertain ? "one tool only" : compared;
  const flag = `${uncertain ? "uncertain" : "certain"}: ${reason}`;
  const scores = block(
    `H (${uncertainty.estimator}): ${flag}`,
    ["candidate", "log-likelihood", "probability"],
    candidates.map(({ name, logLikelihood, probability }) => [
      name,
      round(logLikelihood),
      round(probability),
    ]),
  );
  return [scores, ...explainAnswers(answers)].join("\n\n");
}

function renderSynthesis({ synthesis }: UnitTrace): string {
  if (!synthesis) return "";
  const attempts = block(
    `G: ${synthesis.status} after ${synthesis.attempts.length} ${synthesis.attempts.length === 1 ? "attempt" : "attempts"}`,
    ["pair", "attempt", "reason", "reply"],
    synthesis.attempts.map(({ k, attempt, reason, excerpt }) => [
      String(k + 1),
      String(attempt),
      reason,
      excerpt,
    ]),
  );
  return [attempts, ...renderPairs("synthetic pair", synthesis.pairs)].join("\n\n");
}

function renderGrounding({ grounding }: UnitTrace): string {
  if (!grounding) return "";
  return `the model's own answer, grounded: ${code(stringifyExactly(grounding.calls))}`;
}

function renderDemonstrations({ demonstrations }: UnitTrace): string {
  return renderPairs("labeled example", demonstrations ?? []).join("\n\n");
}

/** A pair's request is in its instruction, in its input, or begins in one and ends in the other. */
function renderPairs(name: string, pairs: readonly SyntheticPair[]): string[] {
  return pairs.map(({ instruction, input, output }, index) => {
    const request = [instruction, input].filter((part) => part !== "").join(" ");
    return `${name} ${index + 1}: ${code(request)} → ${code(stringifyExactly(output))}`;
  });
}

function renderHeldBack({ heldBackLosses }: UnitTrace): string {
  if (!heldBackLosses) return "";
  return `adaptive K: losses on the held-out pair ${heldBackLosses.map(round).join(", ")}`;
}

function renderTraining({ training }: UnitTrace): string {
  if (!training) return "";
  const again = training.retrained > 0 ? `, retrained ${training.retrained} times` : "";
  return `T: losses ${training.losses.map(round).join(", ")}${again}`;
}

function renderAnswer({ answer }: UnitTrace): string {
  if (!answer) return "";
  const forced =
    answer.forcedName === undefined ? "" : `, name forced to ${code(answer.forcedName)}`;
  const model = answer.from === "base" ? "base" : "adapted";
  return `I (${model} model${forced}): ${answer.texts.map(code).join(" · ")}`;
}

function renderTimings({ timings }: UnitTrace): string {
  if (timings.length === 0) return "";
  return block(
    "Steps",
    ["step", "waited", "took", "attempt", "worker"],
    timings.map(({ step, worker, queueMs, computeMs, attempt, reusedFrom }) => [
      step,
      formatMilliseconds(queueMs),
      reusedFrom === undefined ? formatMilliseconds(computeMs) : "reused",
      String(attempt),
      reusedFrom === undefined ? worker : `from ${reusedFrom}`,
    ]),
  );
}
