import type { JsonNumber } from "../json/exact-number.js";
import { isNumber, numberText, readNumber } from "../json/exact-number.js";
import { isObject } from "../json/scan.js";
import type { JsonValue } from "../json/value.js";
import { isClosed, isEnumerated, itemsOf, memberOf } from "../schemas/inside.js";
import { argumentOf, readParameters } from "../schemas/read-parameters.js";
import { readShape } from "../schemas/read-shape.js";
import type { SchemaPlace } from "../schemas/shape.js";
import type { Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import { replaceNumber, replaceValue } from "./replace-value.js";
import { foldText, isWholeWord } from "./query-text.js";

/** A query and its calls. */
export interface QueryWithCalls {
  readonly query: string;
  readonly calls: readonly ToolCall[];
}

/**
 * Grounded synthesis by substitution: replaces every value of the calls that occurs in the query with another of its
 * kind, in both call and query. Keeps values that the schema declares. Returns the same query if nothing in it can be
 * replaced.
 *
 * @param random - uniform draws from [0, 1); equal draws give equal results
 */
export function substituteValues(
  { query, calls }: QueryWithCalls,
  tools: readonly Tool[],
  random: () => number,
): QueryWithCalls {
  const exchanges = new Map<string, Exchange>();
  const exchange = (value: JsonValue, place: SchemaPlace | undefined): JsonValue => {
    const shape = readShape(place);
    if (isClosed(shape) || isEnumerated(value, shape)) return value;
    if (Array.isArray(value)) {
      const items = itemsOf(shape);
      return (value as readonly JsonValue[]).map((item) => exchange(item, items));
    }
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, exchange(item, memberOf(shape, key))]),
      );
    }
    if (typeof value !== "string" && !isNumber(value)) return value;
    const found = findText(isNumber(value) ? numberText(value) : value, query);
    if (found === null) return value;
    const key = foldText(found);
    const known = exchanges.get(key) ?? draw(found, value, random);
    exchanges.set(key, known);
    return isNumber(value) ? readNumber(known.to) : known.to;
  };
  const exchanged = calls.map((call) => {
    const tool = tools.find(({ name }) => name === call.name);
    const parameters = readParameters(tool?.parameters ?? {});
    const given = Object.entries(call.arguments).map(([key, value]): [string, JsonValue] => [
      key,
      exchange(value, argumentOf(parameters, key)),
    ]);
    return { name: call.name, arguments: Object.fromEntries(given) };
  });
  return { query: replaceAll(query, [...exchanges.values()]), calls: exchanged };
}

interface Exchange {
  readonly from: string;
  readonly to: string;
}

function draw(found: string, value: string | JsonNumber, random: () => number): Exchange {
  const to = isNumber(value) ? replaceNumber(value, random) : replaceValue(found, random);
  return { from: found, to };
}

/** The value as the query spells it, or null if it does not occur as whole words. */
function findText(value: string, query: string): string | null {
  const pattern = toPattern(value);
  if (pattern === null) return null;
  for (const match of query.matchAll(pattern)) {
    if (isWholeWord(query, match.index, match.index + match[0].length)) return match[0];
  }
  return null;
}

/** Replaces in one pass, longest values first, so that no replacement is replaced again. */
function replaceAll(query: string, exchanges: readonly Exchange[]): string {
  if (exchanges.length === 0) return query;
  const longestFirst = [...exchanges].sort((a, b) => b.from.length - a.from.length);
  const pattern = longestFirst.map(({ from }) => toPattern(from)?.source ?? "(?!)").join("|");
  return query.replace(new RegExp(pattern, "giu"), (match: string, ...rest: unknown[]) => {
    const at = rest.find((item) => typeof item === "number") ?? 0;
    if (!isWholeWord(query, at, at + match.length)) return match;
    const folded = foldText(match);
    return longestFirst.find(({ from }) => foldText(from) === folded)?.to ?? match;
  });
}

function toPattern(value: string): RegExp | null {
  const words = value
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== "");
  if (words.length === 0) return null;
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&"));
  return new RegExp(escaped.join("\\s+"), "giu");
}
