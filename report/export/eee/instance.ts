import { stringifyExactly } from "../../../domain/json/exact-number.js";
import { sha256Hex } from "../../../domain/identity/hash.js";
import type { JsonObject } from "../../../domain/json/value.js";
import type { ToolCall } from "../../../domain/samples/tool-call.js";
import { describeAnswer } from "../../text/describe-answer.js";
import { describeVerdict } from "../../text/describe-verdict.js";
import type { ExportUnit } from "../export-source.js";
import {
  nameEvaluation,
  nameResult,
  SCHEMA_VERSION,
  VERDICTS,
  type EeeNames,
  type EeeScope,
} from "./scope.js";

/**
 * A unit as records of the schema of samples: one per verdict, as the schema asks for. A sample of one message is
 * "single_turn", any other "multi_turn" with its whole conversation.
 */
export function toInstances(unit: ExportUnit, scope: EeeScope, names: EeeNames): object[] {
  const { row, sample } = unit;
  const messages = sample?.sample.messages ?? [];
  const { answer, timings } = row.trace;
  const raw = messages.at(-1)?.content ?? "";
  const reference = sample === undefined ? [] : [stringifyExactly(sample.gold.calls)];
  const isSingle = messages.length <= 1;
  const calls = (row.calls ?? []) as unknown as readonly ToolCall[];
  const shared = {
    schema_version: SCHEMA_VERSION,
    evaluation_id: names.evaluation,
    model_id: names.model,
    sample_id: row.sampleKey,
    sample_hash: sha256Hex(raw + reference.join("")),
    interaction_type: isSingle ? "single_turn" : "multi_turn",
    input: { raw, reference },
    output: isSingle ? { raw: answer?.texts ?? [] } : null,
    messages: isSingle ? null : toTurns(unit, calls),
    answer_attribution:
      row.calls === null
        ? []
        : [
            {
              turn_idx: isSingle ? 0 : messages.length,
              source: isSingle ? "output.raw" : `messages[${messages.length}].tool_calls`,
              extracted_value: describeAnswer(row),
              extraction_method: "custom",
              is_terminal: true,
            },
          ],
    ...(answer === undefined
      ? {}
      : {
          token_usage: {
            input_tokens: answer.promptTokens,
            output_tokens: answer.completionTokens,
            total_tokens: answer.promptTokens + answer.completionTokens,
          },
        }),
    performance: { latency_ms: timings.reduce((sum, { computeMs }) => sum + computeMs, 0) },
    ...(row.outcome === "failed"
      ? { error: `${row.errorCode ?? ""}: ${row.errorMessage ?? ""}` }
      : {}),
    metadata: {
      unit: row.unitKey,
      verdict: describeVerdict(row),
      uncertain: String(row.uncertain),
      adapted: String(row.adapted),
      tools: stringifyExactly(sample?.sample.tools ?? []),
    },
  };
  return VERDICTS.map((verdict) => {
    const isCorrect = (verdict === "soft" ? row.correct : row.correctStrict) === true;
    return {
      ...shared,
      evaluation_name: nameEvaluation(scope, verdict),
      evaluation_result_id: nameResult(names, verdict),
      evaluation: {
        score: isCorrect ? 1 : 0,
        is_correct: isCorrect,
        num_turns: Math.max(1, messages.filter(({ role }) => role === "user").length),
        tool_calls_count: calls.length,
      },
    };
  });
}

/** The conversation and the answer to it. */
function toTurns({ row, sample }: ExportUnit, calls: readonly ToolCall[]): object[] {
  const given = (sample?.sample.messages ?? []).map(({ role, content }, index) => ({
    turn_idx: index,
    role,
    content,
  }));
  const text = row.trace.answer?.texts[0];
  if (text === undefined) return given;
  return [
    ...given,
    {
      turn_idx: given.length,
      role: "assistant",
      content: text,
      tool_calls: calls.map(({ name, arguments: values }, index) => ({
        id: `${row.unitKey}/${index}`,
        name,
        arguments: toTexts(values),
      })),
    },
  ];
}

/** The schema wants texts: other values are their JSON. */
function toTexts(values: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === "string" ? value : stringifyExactly(value),
    ]),
  );
}
