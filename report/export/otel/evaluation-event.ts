import type { VariantSpec } from "../../../domain/config/variant.js";
import { describeVerdict } from "../../text/describe-verdict.js";
import type { ExportUnit } from "../export-source.js";

/** A value of an attribute in OTLP's JSON form. */
type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number };

/** An attribute in OTLP's JSON form. */
interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** What the attributes of an event say besides its unit. */
interface EventContext {
  readonly model: string;
  readonly variant: VariantSpec | undefined;
  /** The unit's history in the Temporal UI. */
  readonly link: string;
}

const INFO = 9;

/**
 * The two verdicts on a unit as events `gen_ai.evaluation.result` of OpenTelemetry's conventions for generative AI, in
 * OTLP's JSON form. `gen_ai.response.id` is the unit's key: no span of the answer exists. A failed unit has no score
 * and the error's code in `error.type`.
 */
export function toEvaluationEvents(unit: ExportUnit, context: EventContext): object[] {
  const { row } = unit;
  const isFailed = row.outcome === "failed";
  const strict =
    row.correct === true && row.correctStrict !== true
      ? "right by soft matching only: a text argument is spelled differently"
      : describeVerdict(row);
  return [
    { name: "soft", isRight: row.correct === true, explanation: describeVerdict(row) },
    { name: "strict", isRight: row.correctStrict === true, explanation: strict },
  ].map(({ name, isRight, explanation }) => ({
    timeUnixNano: toNanoseconds(row.finishedAt),
    observedTimeUnixNano: toNanoseconds(row.finishedAt),
    severityNumber: INFO,
    eventName: "gen_ai.evaluation.result",
    body: text(`${name}: ${explanation}`),
    attributes: toAttributes({
      "gen_ai.evaluation.name": name,
      ...(isFailed
        ? { "error.type": row.errorCode ?? "_OTHER" }
        : {
            "gen_ai.evaluation.score.value": { doubleValue: isRight ? 1 : 0 },
            "gen_ai.evaluation.score.label": isRight ? "correct" : "incorrect",
          }),
      "gen_ai.evaluation.explanation": explanation,
      "gen_ai.response.id": row.unitKey,
      "gen_ai.request.model": context.model,
      "whetstone.sweep": row.sweep,
      "whetstone.dataset": row.dataset,
      "whetstone.sample": row.sampleKey,
      "whetstone.variant": row.variant,
      "whetstone.method": context.variant?.method,
      "whetstone.seed": { intValue: String(row.seed) },
      "whetstone.outcome": row.outcome,
      "whetstone.uncertain": row.uncertain,
      "whetstone.adapted": row.adapted,
      "whetstone.margin": Number.isFinite(row.margin) ? { doubleValue: row.margin ?? 0 } : null,
      "whetstone.temporal_link": context.link,
    }),
  }));
}

/** Attributes by key; absent ones are left out. */
export function toAttributes(
  values: Readonly<Record<string, string | boolean | OtlpValue | null | undefined>>,
): OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined || value === null) return [];
    if (typeof value === "string") return [{ key, value: text(value) }];
    return [{ key, value: typeof value === "boolean" ? { boolValue: value } : value }];
  });
}

function text(value: string): OtlpValue {
  return { stringValue: value };
}

function toNanoseconds(time: string): string {
  return `${BigInt(Date.parse(time)) * 1_000_000n}`;
}
