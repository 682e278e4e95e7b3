import type { JsonValue } from "../domain/json/value.js";
import type { GoldCall, Tool } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import { hasArgument as declares, readParameters } from "../domain/schemas/read-parameters.js";
import { isAbsent } from "../domain/scoring/absence.js";
import type { Refuse } from "./dataset-errors.js";
import type { ImportedRecord } from "./types.js";

/** All accepted values per gold call and argument; null for a call or argument without such a list. */
type AcceptedLists = readonly (Readonly<Record<string, readonly JsonValue[] | null>> | null)[];

/**
 * Adds the values that a record accepts to its gold calls. Throws the error from `refuse` for lists that
 * no answer could satisfy: a number of lists other than the number of calls, an empty list, or a list
 * for a required argument that neither the call nor its tool has.
 */
export function addAccepted(
  calls: readonly ToolCall[],
  lists: AcceptedLists | null | undefined,
  tools: readonly Tool[],
  refuse: Refuse,
): GoldCall[] {
  if (lists == null) return [...calls];
  if (lists.length !== calls.length) {
    const entries = `${lists.length} ${lists.length === 1 ? "entry" : "entries"}`;
    const needed = `one for each call of the right answer is needed, ${calls.length} in all`;
    throw refuse(`field "accepted": ${entries}; ${needed}`);
  }
  return calls.map((call, index) => {
    const given = lists[index];
    if (given == null) return call;
    const accepted = Object.fromEntries(
      Object.entries(given).flatMap(([key, values]) => (values === null ? [] : [[key, values]])),
    );
    for (const [key, values] of Object.entries(accepted)) {
      const field = `field "accepted.${index}.${key}"`;
      if (values.length === 0) throw refuse(`${field}: no value is listed`);
      if (!values.some(isAbsent) && !hasArgument(call, tools, key)) {
        throw refuse(`${field}: neither the call nor the tool "${call.name}" has this argument`);
      }
    }
    return { ...call, accepted };
  });
}

/** Whether a record accepts values of an argument that neither the call nor its tool has. */
export function hasStrayAccepted({ gold, tools }: ImportedRecord): boolean {
  return gold.calls.some((call) =>
    Object.keys(call.accepted ?? {}).some((key) => !hasArgument(call, tools, key)),
  );
}

function hasArgument(call: ToolCall, tools: readonly Tool[], key: string): boolean {
  const tool = tools.find(({ name }) => name === call.name);
  const isDeclared = declares(readParameters(tool?.parameters ?? {}), key);
  return isDeclared || Object.hasOwn(call.arguments, key);
}
