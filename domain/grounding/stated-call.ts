import { canonicalNumber, isNumber } from "../json/exact-number.js";
import { isEnumerated } from "../schemas/inside.js";
import { argumentOf, readParameters } from "../schemas/read-parameters.js";
import { readShape } from "../schemas/read-shape.js";
import type { Tool } from "../samples/sample.js";
import type { ToolCall } from "../samples/tool-call.js";
import { groundCall } from "./ground-call.js";
import { numbersIn } from "./query-text.js";

/**
 * The call without the optional arguments that the query does not state; null if a required number is not in the query
 * either. Booleans stay, because a query states them in words that cannot be compared. If requirements are unknown,
 * every argument counts as required.
 */
export function statedCall(
  call: ToolCall,
  tool: Tool,
  query: string,
  options: { readonly requirementsKnown: boolean },
): ToolCall | null {
  const { dropped } = groundCall(call, tool, query, options);
  const parameters = readParameters(tool.parameters);
  const numbers = new Set(numbersIn(query).map(canonicalNumber));
  const kept = Object.entries(call.arguments).filter(
    ([key, value]) => typeof value === "boolean" || !dropped.includes(key),
  );
  const isStated = kept.every(
    ([key, value]) =>
      !isNumber(value) ||
      numbers.has(canonicalNumber(value)) ||
      isEnumerated(value, readShape(argumentOf(parameters, key))),
  );
  return isStated ? { name: call.name, arguments: Object.fromEntries(kept) } : null;
}
