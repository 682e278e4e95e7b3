import { declaresRequirements } from "../grounding/ground-call.js";
import { statedCall } from "../grounding/stated-call.js";
import { conversationText, foldText } from "../grounding/query-text.js";
import { isAbsent } from "../scoring/absence.js";
import { findJson, isObject, parseJson } from "../json/scan.js";
import { findUnusable } from "../json/find-unusable.js";
import type { JsonValue } from "../json/value.js";
import { cutReasoning } from "./cut-reasoning.js";
import { isReadable, parseAnswer } from "./parse-answer.js";
import { equalJson } from "../json/equal.js";
import { isEnumerated, itemsOf, mayBeLeftOut, memberOf } from "../schemas/inside.js";
import { argumentOf, hasArgument, readParameters } from "../schemas/read-parameters.js";
import { readShape } from "../schemas/read-shape.js";
import type { SchemaPlace } from "../schemas/shape.js";
import { lastRequest } from "../samples/request-text.js";
import type { Sample, Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import type { SyntheticPair } from "../units/trace.js";
import type { SynthesisChecks } from "../config/variant.js";

/** Why a synthesis reply is a parse failure, in the order of the checks. */
export type SynthesisFlaw =
  | "cut-off"
  | "not-json"
  | "too-long"
  | "missing-field"
  | "not-a-call"
  | "unknown-tool"
  | "unknown-argument"
  | "missing-argument"
  | "same-as-seed"
  | "same-as-sibling"
  | "not-grounded";

/** Maximum characters of a pair: a unit's pairs pass through Temporal together, and no model trains on longer ones. */
const MAX_LENGTH = 100_000;

/** A parsed synthesis reply. */
export type SynthesisReply = { readonly pair: SyntheticPair } | { readonly reason: SynthesisFlaw };

/** Context that a pair is checked against. */
export interface SynthesisContext {
  readonly sample: Pick<Sample, "messages" | "tools">;
  /** Pairs already accepted for the same sample. */
  readonly siblings: readonly SyntheticPair[];
  readonly checks: SynthesisChecks;
  /** A pair's query as the prompt style sends it, in which values must occur. */
  readonly queryOf: (pair: SyntheticPair) => string;
  /** Whether the reply ended at the token limit. */
  readonly isCut?: boolean;
}

/**
 * Reads a synthesis reply and applies the enabled checks (section 3.2, App. E). Returns the pair or the
 * first reason to draw again. A truncated reply that contains a complete pair counts as a pair.
 */
export function readSynthesisReply(text: string, context: SynthesisContext): SynthesisReply {
  const reply = parseSynthesisReply(text);
  if ("reason" in reply) return context.isCut === true ? { reason: "cut-off" } : reply;
  const pair = context.checks.stated ? keepStated(reply.pair, context) : reply.pair;
  if (pair === null) return { reason: "not-grounded" };
  const reason = findSynthesisFlaw(pair, context);
  return reason === null ? { pair } : { reason };
}

/** The pair without optional arguments that its query does not state; null if it does not state a required number. */
function keepStated(
  pair: SyntheticPair,
  { sample, queryOf }: SynthesisContext,
): SyntheticPair | null {
  const requirementsKnown = declaresRequirements(sample.tools);
  const query = queryOf(pair);
  const output: ToolCall[] = [];
  for (const call of pair.output) {
    const tool = sample.tools.find(({ name }) => name === call.name);
    const stated = tool && statedCall(call, tool, query, { requirementsKnown });
    if (stated === null) return null;
    output.push(stated ?? call);
  }
  return { ...pair, output };
}

/**
 * Reads a reply after removing reasoning: the first JSON object of the text (or a list of exactly one), strict JSON
 * only, with the strings `instruction` and `input`, at least one of them not empty, and an `output` of calls: a list,
 * one object, or either as a JSON string, with `parameters` or `arguments`. An empty output is legal: no tool may fit
 * the sample, and gold is unknown here, so a no-call example is as good as any other.
 */
export function parseSynthesisReply(text: string): SynthesisReply {
  const { text: content } = cutReasoning(text);
  const span = findJson(content, 0);
  if (span?.end == null) return { reason: "not-json" };
  if (span.end - span.start > MAX_LENGTH) return { reason: "too-long" };
  const parsed = parseJson(content.slice(span.start, span.end));
  if (parsed === null) return { reason: "not-json" };
  const reply = unwrapSingle(parsed.value);
  if (!isObject(reply)) return { reason: "missing-field" };
  const { instruction, input, output } = reply;
  if (typeof instruction !== "string" || typeof input !== "string") {
    return { reason: "missing-field" };
  }
  if (instruction.trim() === "" && input.trim() === "") return { reason: "missing-field" };
  if (output === undefined || output === null) return { reason: "missing-field" };
  const answer = parseAnswer(typeof output === "string" ? output : JSON.stringify(output));
  if (!isReadable(answer) || answer.repaired) return { reason: "not-a-call" };
  const pair = { instruction, input, output: answer.calls };
  // JSON can contain a lone surrogate (`"\ud83d"`), which prompts and tables cannot represent.
  if (findUnusable(pair) !== null) return { reason: "not-json" };
  return { pair };
}

/** Returns the first check that a pair fails, or null if it passes all enabled checks. */
export function findSynthesisFlaw(
  pair: SyntheticPair,
  context: SynthesisContext,
): SynthesisFlaw | null {
  const { sample, siblings, checks, queryOf } = context;
  for (const call of pair.output) {
    const tool = sample.tools.find(({ name }) => name === call.name);
    if (checks.knownTool && tool === undefined) return "unknown-tool";
    const flaw = checks.argumentsFitSchema && tool !== undefined ? findMisfit(call, tool) : null;
    if (flaw !== null) return flaw;
  }
  if (checks.differsFromSeed) {
    const query = foldText(pairQuery(pair));
    // In a conversation, repeating only the last turn is not a variation either.
    const seeds = [conversationText(sample), lastRequest(sample)];
    if (seeds.some((seed) => foldText(seed) === query)) return "same-as-seed";
    if (siblings.some((sibling) => foldText(pairQuery(sibling)) === query))
      return "same-as-sibling";
  }
  if (
    checks.grounded &&
    !pair.output.every((call) => isGrounded(call, queryOf(pair), sample.tools))
  ) {
    return "not-grounded";
  }
  return null;
}

/**
 * A pair's query: its input, or its instruction if the input is empty (both shapes occur: a fixed
 * instruction with the query as input, and the query as the instruction alone).
 */
export function pairQuery({ instruction, input }: SyntheticPair): string {
  return input.trim() === "" ? instruction : input;
}

function findMisfit(call: ToolCall, tool: Tool): SynthesisFlaw | null {
  const parameters = readParameters(tool.parameters);
  if (Object.keys(call.arguments).some((key) => !hasArgument(parameters, key))) {
    return "unknown-argument";
  }
  const isMissing = parameters.members.some((member) => {
    if (mayBeLeftOut(member)) return false;
    const { name } = member;
    const given = Object.hasOwn(call.arguments, name) ? call.arguments[name] : undefined;
    return given === undefined || isAbsent(given);
  });
  return isMissing ? "missing-argument" : null;
}

/**
 * Whether every string among a call's values occurs in the query, or is a declared enum or default
 * value.
 */
function isGrounded(call: ToolCall, query: string, tools: readonly Tool[]): boolean {
  const tool = tools.find(({ name }) => name === call.name);
  const parameters = readParameters(tool?.parameters ?? {});
  const text = foldText(query);
  return Object.entries(call.arguments).every(([key, value]) =>
    isValueGrounded(value, text, argumentOf(parameters, key)),
  );
}

function isValueGrounded(value: JsonValue, query: string, place: SchemaPlace | undefined): boolean {
  const shape = readShape(place);
  const { fallback } = shape;
  if (isEnumerated(value, shape)) return true;
  if (fallback !== undefined && equalJson(fallback, value)) return true;
  if (typeof value === "string") return query.includes(foldText(value));
  if (Array.isArray(value)) {
    const items = itemsOf(shape);
    return (value as readonly JsonValue[]).every((item) => isValueGrounded(item, query, items));
  }
  if (!isObject(value)) return true;
  return Object.entries(value).every(([key, member]) =>
    isValueGrounded(member, query, memberOf(shape, key)),
  );
}

function unwrapSingle(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const items = value as readonly unknown[];
  return items.length === 1 ? items[0] : null;
}
