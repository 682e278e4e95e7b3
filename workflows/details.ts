import { stringifyExactly } from "../domain/json/exact-number.js";
import { explainAnswers } from "../domain/uncertainty/explain-answers.js";
import type { UnitTrace } from "../domain/units/trace.js";
import type { SampleInput } from "../contracts/sample-input.js";

/** Renders one unit's state as Markdown for the workflow's page in the Temporal UI. */
export function renderDetails(input: SampleInput, trace: UnitTrace, verdict?: string): string {
  const sections = [
    `**${input.variant.name}** (${input.variant.method}) on ${input.unit.dataset} ${input.unit.sampleKey}, seed ${input.unit.seed}`,
    verdict === undefined ? "" : `**${verdict}**`,
    renderUncertainty(trace),
    renderDemonstrations(trace),
    renderGrounding(trace),
    renderSynthesis(trace),
    renderHeldBack(trace),
    renderTraining(trace),
    renderAnswer(trace),
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
  const scores = table(
    `H (${uncertainty.estimator}): ${flag}`,
    ["candidate", "log-likelihood", "probability"],
    candidates.map(({ name, logLikelihood, probability }) => [
      code(name),
      round(logLikelihood),
      round(probability),
    ]),
  );
  return [scores, ...explainAnswers(answers)].join("\n\n");
}

function renderSynthesis({ synthesis }: UnitTrace): string {
  if (!synthesis) return "";
  const attempts = table(
    `G: ${synthesis.status} after ${synthesis.attempts.length} attempts`,
    ["pair", "attempt", "reason", "reply"],
    synthesis.attempts.map(({ k, attempt, reason, excerpt }) => [
      String(k + 1),
      String(attempt),
      reason,
      code(excerpt),
    ]),
  );
  const pairs = synthesis.pairs.map(
    ({ input, output }) => `- ${code(input)} → ${code(stringifyExactly(output))}`,
  );
  return [attempts, pairs.join("\n")].filter((part) => part !== "").join("\n\n");
}

function renderGrounding({ grounding }: UnitTrace): string {
  if (!grounding) return "";
  return `the model's own answer, grounded: ${code(stringifyExactly(grounding.calls))}`;
}

function renderDemonstrations({ demonstrations }: UnitTrace): string {
  if (!demonstrations) return "";
  const lines = demonstrations.map(
    ({ instruction, output }) => `- ${code(instruction)} → ${code(stringifyExactly(output))}`,
  );
  return ["labeled examples", "", ...lines].join("\n");
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
  return `I (${answer.from} model${forced}): ${answer.texts.map(code).join(" · ")}`;
}

function renderTimings({ timings }: UnitTrace): string {
  if (timings.length === 0) return "";
  return table(
    "Steps",
    ["step", "worker", "waited", "took", "attempt"],
    timings.map(({ step, worker, queueMs, computeMs, attempt, reusedFrom }) => [
      step,
      worker,
      `${Math.round(queueMs)} ms`,
      reusedFrom === undefined ? `${Math.round(computeMs)} ms` : `reused from ${code(reusedFrom)}`,
      String(attempt),
    ]),
  );
}

function table(title: string, header: readonly string[], rows: readonly string[][]): string {
  if (rows.length === 0) return title;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [title, "", line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Inline code that is safe inside a Markdown table. */
function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("|", "¦").replaceAll(/\s+/g, " ")}\``;
}

function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
