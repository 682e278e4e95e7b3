import { stringifyExactly } from "../../../domain/json/exact-number.js";
import type { Message } from "../../../domain/samples/sample.js";
import type { ToolCall } from "../../../domain/samples/tool-call.js";
import { describeAnswer } from "../../text/describe-answer.js";
import { describeVerdict } from "../../text/describe-verdict.js";
import type { ExportUnit } from "../export-source.js";
import { COLUMNS_WITHOUT_TEXTS } from "../result-records.js";
import { listEvents } from "./events.js";
import { type LogScope, makeId, nameModel } from "./log-scope.js";
import type {
  ChatMessage,
  InspectError,
  InspectSample,
  InspectScore,
  InspectToolCall,
  ModelOutput,
  ModelUsage,
} from "./types.js";
import { addUsage, toUsage } from "./types.js";

/**
 * A unit as a sample of a log. Everything that the store has of it is in there: what Inspect has a field for there, the
 * rest in `metadata`, with the whole trace.
 */
export function toSample(unit: ExportUnit, scope: LogScope): InspectSample {
  const { row, sample } = unit;
  const { texts } = scope.options;
  const input = texts ? toMessages(sample?.sample.messages ?? []) : "";
  const output = toOutput(unit, scope);
  const scores = row.outcome === "failed" ? undefined : scoreRow(unit, texts);
  const base = {
    id: row.sampleKey,
    epoch: 1,
    input,
    target: texts && sample !== undefined ? stringifyExactly(sample.gold.calls) : "",
    messages: [
      ...(typeof input === "string" ? [] : input),
      ...output.choices.slice(0, 1).map(({ message }) => message),
    ],
    output,
    metadata: describeUnit(unit, scope),
    model_usage: sumUsage(unit, scope),
    started_at: row.startedAt,
    completed_at: row.finishedAt,
    total_time: (Date.parse(row.finishedAt) - Date.parse(row.startedAt)) / 1_000,
    working_time: row.trace.timings.reduce((sum, { computeMs }) => sum + computeMs, 0) / 1_000,
    uuid: makeId("unit", row.unitKey),
    ...(scores === undefined ? {} : { scores }),
    ...describeErrors(unit, texts),
  } as const;
  return {
    ...base,
    events: texts ? listEvents(unit, scope, { output, scores, target: base.target }) : [],
  };
}

/** Messages of a conversation that the model was given. */
function toMessages(messages: readonly Message[]): ChatMessage[] {
  return messages.map(({ role, content }) => ({ role, content, source: "input" }));
}

/** The answers; the first one's calls are those that were scored. */
function toOutput({ row }: ExportUnit, scope: LogScope): ModelOutput {
  const model = nameModel(scope);
  const { answer, timings } = row.trace;
  const calls = (row.calls ?? []) as unknown as readonly ToolCall[];
  const choices = (scope.options.texts ? (answer?.texts ?? []) : []).map((content, index) => {
    const own = index === 0 ? toToolCalls(row.unitKey, calls) : [];
    return {
      message: {
        role: "assistant" as const,
        content,
        source: "generate" as const,
        model,
        ...(own.length === 0 ? {} : { tool_calls: own }),
      },
      stop_reason: own.length === 0 ? ("stop" as const) : ("tool_calls" as const),
    };
  });
  const inferMs = timings.find(({ step }) => step === "infer")?.computeMs;
  return {
    model,
    choices,
    completion: choices[0]?.message.content ?? "",
    ...(answer === undefined
      ? {}
      : { usage: toUsage(answer.promptTokens, answer.completionTokens) }),
    ...(inferMs === undefined ? {} : { time: inferMs / 1_000 }),
  };
}

function toToolCalls(unitKey: string, calls: readonly ToolCall[]): InspectToolCall[] {
  return calls.map((call, index) => ({
    id: makeId("call", unitKey, index),
    function: call.name,
    arguments: call.arguments,
    type: "function",
  }));
}

function scoreRow({ row }: ExportUnit, texts: boolean): Readonly<Record<string, InspectScore>> {
  const shared = {
    ...(texts ? { answer: describeAnswer(row) } : {}),
    ...(row.outcome === "unparsable" ? { reason: "invalid_response_format" } : {}),
    metadata: { verdict: row.verdict, outcome: row.outcome, repaired: row.repaired },
  };
  const strict =
    row.correct === true && row.correctStrict !== true
      ? "right by soft matching only: a text argument is spelled differently"
      : describeVerdict(row);
  return {
    soft: { value: row.correct === true ? "C" : "I", explanation: describeVerdict(row), ...shared },
    strict: { value: row.correctStrict === true ? "C" : "I", explanation: strict, ...shared },
  };
}

/** The failure of a failed unit, and one entry per run of the unit before its last. */
function describeErrors({ row }: ExportUnit, texts: boolean): Partial<InspectSample> {
  const toError = (message: string): InspectError => ({
    message,
    traceback: message,
    traceback_ansi: message,
  });
  const message = texts
    ? `${row.errorCode ?? ""}: ${row.errorMessage ?? ""}`
    : (row.errorCode ?? "");
  return {
    ...(row.outcome === "failed" ? { error: toError(message) } : {}),
    ...(row.attempt > 1
      ? {
          error_retries: Array.from({ length: row.attempt - 1 }, (_, index) =>
            toError(`Run ${index + 1} of this unit failed; the store keeps the last run only.`),
          ),
        }
      : {}),
  };
}

function describeUnit(unit: ExportUnit, scope: LogScope): Readonly<Record<string, unknown>> {
  const { row, sample } = unit;
  const context = { ...unit, model: scope.record.config.model, variant: scope.variant };
  return {
    ...Object.fromEntries(
      COLUMNS_WITHOUT_TEXTS.map((column) => [column.name, column.read(context) ?? null]),
    ),
    temporal_link: scope.options.link(row),
    ...(scope.options.texts
      ? {
          calls: row.calls,
          gold: sample?.gold.calls,
          tools: sample?.sample.tools,
          trace: row.trace,
        }
      : {}),
  };
}

/** Tokens of the answers, and of the teacher that wrote the examples, if there is one. */
function sumUsage({ row }: ExportUnit, scope: LogScope): Readonly<Record<string, ModelUsage>> {
  const { answer, synthesis } = row.trace;
  const usage: Record<string, ModelUsage> = {};
  if (answer !== undefined) {
    usage[nameModel(scope)] = toUsage(answer.promptTokens, answer.completionTokens);
  }
  const teacher = scope.variant.teacher?.model;
  if (teacher !== undefined && synthesis?.usage !== undefined) {
    const { promptTokens, completionTokens, costUsd } = synthesis.usage;
    usage[teacher] = addUsage(usage[teacher], toUsage(promptTokens, completionTokens, costUsd));
  }
  return usage;
}
