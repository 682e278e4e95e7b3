import type { ToolCall } from "../../../domain/samples/tool-call.js";
import { stringifyExactly } from "../../../domain/json/exact-number.js";
import type { StepTiming, SyntheticPair } from "../../../domain/units/trace.js";
import type { ExportUnit } from "../export-source.js";
import { type LogScope, makeId, nameModel } from "./log-scope.js";
import { toToolInfo } from "./tool-info.js";
import type { ChatMessage, InspectScore, ModelOutput } from "./types.js";
import { toUsage } from "./types.js";

/** Parts of the sample that events repeat. */
interface SampleParts {
  readonly output: ModelOutput;
  readonly scores: Readonly<Record<string, InspectScore>> | undefined;
  readonly target: string;
}

/** The steps of the method that call the model, each a span. */
const SPANS: Readonly<Partial<Record<StepTiming["step"], string>>> = {
  scoreUncertainty: "H: uncertainty",
  groundAnswer: "G: grounded answer",
  synthesize: "G: generation",
  trainAdapter: "T: training",
  infer: "I: inference",
};

/**
 * What happened to a unit, step by step: a span with model events for each step that calls the model, a line of facts
 * for the others. Times follow from the steps' durations in order, because the store has no clock time per step.
 */
export function listEvents(unit: ExportUnit, scope: LogScope, parts: SampleParts): object[] {
  const { row } = unit;
  const events: object[] = [];
  const begin = Date.parse(row.startedAt);
  let elapsed = 0;
  let working = 0;
  for (const [index, timing] of row.trace.timings.entries()) {
    elapsed += timing.queueMs;
    const start = { timestamp: toTime(begin + elapsed), working_start: working / 1_000 };
    elapsed += timing.computeMs;
    working += timing.computeMs;
    const end = { timestamp: toTime(begin + elapsed), working_start: working / 1_000 };
    const id = makeId("step", row.unitKey, index);
    const facts = { uuid: id, source: timing.step, data: { ...timing } };
    const name = SPANS[timing.step];
    if (name === undefined) {
      events.push({ event: "info", ...start, ...facts });
      continue;
    }
    const span = makeId("span", row.unitKey, index);
    events.push({ event: "span_begin", ...start, uuid: span, id: span, name });
    for (const [place, call] of listCalls(unit, scope, parts, timing).entries()) {
      events.push({
        event: "model",
        uuid: makeId("model", row.unitKey, index, place),
        span_id: span,
        ...start,
        role: timing.step,
        tools: [],
        tool_choice: "auto",
        config: {},
        retries: timing.attempt - 1,
        completed: end.timestamp,
        working_time: timing.computeMs / 1_000,
        ...(timing.reusedFrom === undefined ? {} : { cache: "read" }),
        ...call,
      });
    }
    events.push({ event: "info", ...end, ...facts, span_id: span });
    events.push({ event: "span_end", ...end, uuid: makeId("end", row.unitKey, index), id: span });
  }
  for (const [scorer, score] of Object.entries(parts.scores ?? {})) {
    events.push({
      event: "score",
      uuid: makeId("score", row.unitKey, scorer),
      timestamp: row.finishedAt,
      working_start: working / 1_000,
      score,
      target: parts.target,
      scorer,
    });
  }
  return events;
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The model calls of one step, without the fields that all model events share. */
function listCalls(
  unit: ExportUnit,
  scope: LogScope,
  parts: SampleParts,
  { step }: StepTiming,
): object[] {
  const model = nameModel(scope);
  const { trace } = unit.row;
  const sample = unit.sample?.sample;
  const input = (sample?.messages ?? []).map(({ role, content }) => ({ role, content }));
  const tools = (sample?.tools ?? []).map(toToolInfo);
  const asked = { model, input, tools };
  switch (step) {
    case "scoreUncertainty": {
      const { uncertainty } = trace;
      if (uncertainty === undefined) return [];
      const { candidates, ...response } = uncertainty;
      const request = { estimator: uncertainty.estimator, tau: uncertainty.tau };
      const text = [
        `margin ${uncertainty.margin.toFixed(4)}, tau ${uncertainty.tau}: ${uncertainty.uncertain ? "uncertain" : "certain"}`,
        ...candidates.map(({ name, probability }) => `${name} ${probability.toFixed(4)}`),
      ].join("\n");
      const call = { request, response: { ...response, candidates } };
      return [{ ...asked, output: say(model, text), call }];
    }
    case "groundAnswer":
      if (trace.grounding === undefined) return [];
      return [{ ...asked, output: say(model, stringifyExactly(trace.grounding.calls)) }];
    case "synthesize":
      return listAttempts(unit, { ...asked, model: scope.variant.teacher?.model ?? model });
    case "trainAdapter": {
      const { training, synthesis, demonstrations } = trace;
      if (training === undefined) return [];
      const pairs = [...(demonstrations ?? []), ...(synthesis?.pairs ?? [])];
      const losses = training.losses.map((loss) => String(loss)).join(" ");
      const output = say(model, `${training.losses.length} steps, losses ${losses}`);
      const call = { request: { seed: training.seed }, response: training };
      return [{ ...asked, input: pairs.flatMap(toConversation), output, call }];
    }
    default:
      return [{ ...asked, output: parts.output }];
  }
}

/** One call per attempt at a pair. A usable attempt's output is its pair, any other's the start of its reply. */
function listAttempts({ row }: ExportUnit, asked: { model: string }): object[] {
  const { synthesis } = row.trace;
  return (synthesis?.attempts ?? []).map((attempt) => {
    const isUsable = attempt.reason === "ok";
    const pair = isUsable ? synthesis?.pairs[attempt.k] : undefined;
    const text = pair === undefined ? attempt.excerpt : stringifyExactly(pair);
    const { usage, computeMs } = attempt;
    return {
      ...asked,
      config: { seed: attempt.seed },
      output: {
        ...say(asked.model, text),
        ...(usage === undefined
          ? {}
          : { usage: toUsage(usage.promptTokens, usage.completionTokens, usage.costUsd) }),
      },
      retries: attempt.attempt - 1,
      ...(isUsable ? {} : { error: attempt.reason }),
      ...(computeMs === undefined ? {} : { working_time: computeMs / 1_000 }),
      call: { request: { k: attempt.k, seed: attempt.seed }, response: { ...attempt } },
    };
  });
}

function toConversation({ instruction, input, output }: SyntheticPair): ChatMessage[] {
  const content = [instruction, input].filter((text) => text !== "").join("\n\n");
  const calls: readonly ToolCall[] = output;
  return [
    { role: "user", content },
    { role: "assistant", content: stringifyExactly(calls) },
  ];
}

function say(model: string, content: string): ModelOutput {
  return {
    model,
    choices: [{ message: { role: "assistant", content, model }, stop_reason: "stop" }],
    completion: content,
  };
}
