import { assignBest } from "./assignment.js";
import type { JsonObject } from "../json/value.js";
import type { MatchOptions } from "./match-arguments.js";
import { findArgumentMismatch } from "./match-arguments.js";
import type { MatchMode } from "./match-values.js";
import type { ParsedAnswer } from "../formats/parse-answer.js";
import { isReadable } from "../formats/parse-answer.js";
import type { Gold, GoldCall, Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import { cutText } from "../text/cut-text.js";

/** Version of the scoring rules; part of the config hash, so results of different rules never mix. */
export const SCORER_VERSION = "soft-v2";

/** Maximum characters of a name in a verdict, because a model's name can have any length. */
const SHOWN_LENGTH = 200;

/** Whether an answer is right. */
export interface Verdict {
  /** Soft accuracy: the headline. */
  readonly correct: boolean;
  /** The same rules with strings compared exactly. */
  readonly correctStrict: boolean;
  /**
   * First wrong part of the answer under soft rules: "" (right), "unparsable:<why>", "count",
   * "name:<the wrong name>" or "argument:<the argument>".
   */
  readonly reason: string;
}

/**
 * Scores one answer against gold (specification, section 7): as many calls as gold, matched one to one
 * in any order, with equal names after trimming and equal arguments by `findArgumentMismatch`. An
 * empty list is right only if gold is empty; an unreadable answer is never right.
 *
 * @param tools - the sample's tools; their schemas give argument types and defaults
 */
export function judgeAnswer(
  answer: ParsedAnswer,
  gold: Gold,
  tools: readonly Tool[],
  options: MatchOptions = {},
): Verdict {
  if (!isReadable(answer)) {
    return { correct: false, correctStrict: false, reason: `unparsable:${answer.reason}` };
  }
  const reason = findFlaw(answer.calls, gold.calls, "soft", tools, options);
  // Strict rules only remove matches, so an answer that is wrong under soft rules needs no second check.
  const correctStrict =
    reason === "" && findFlaw(answer.calls, gold.calls, "strict", tools, options) === "";
  return { correct: reason === "", correctStrict, reason };
}

function findFlaw(
  predicted: readonly ToolCall[],
  gold: readonly GoldCall[],
  mode: MatchMode,
  tools: readonly Tool[],
  options: MatchOptions,
): string {
  if (predicted.length !== gold.length) return "count";
  // Most right answers have gold's order, so few pairs are compared.
  const flawOf = (goldIndex: number, index: number): string => {
    const [goldCall, call] = [gold[goldIndex], predicted[index]];
    if (goldCall === undefined || call === undefined) return "count";
    return findCallFlaw(goldCall, call, mode, tools, options);
  };
  const assigned = assignBest(
    gold.length,
    predicted.length,
    (goldIndex, index) => flawOf(goldIndex, index) === "",
  );
  const unmatchedGold = assigned.indexOf(null);
  if (unmatchedGold === -1) return "";
  const taken = new Set(assigned);
  const left = predicted.flatMap((_, index) => (taken.has(index) ? [] : [index]));
  const flaws = left.map((index) => flawOf(unmatchedGold, index));
  // Among unmatched calls, one with the right name is more informative.
  return flaws.find((flaw) => flaw.startsWith("argument:")) ?? flaws[0] ?? "count";
}

function findCallFlaw(
  gold: GoldCall,
  predicted: ToolCall,
  mode: MatchMode,
  tools: readonly Tool[],
  options: MatchOptions,
): string {
  const name = predicted.name.trim();
  if (gold.name.trim() !== name) return `name:${showName(name)}`;
  const parameters: JsonObject | undefined = tools.find((tool) => tool.name === name)?.parameters;
  const key = findArgumentMismatch(gold, predicted.arguments, mode, parameters, options);
  return key === null ? "" : `argument:${showName(key)}`;
}

/** Makes a name storable in a text column: truncated, without control characters and lone surrogates. */
function showName(name: string): string {
  return cutText(name, SHOWN_LENGTH).replace(/[\p{Cc}\p{Surrogate}]/gu, "\ufffd");
}
