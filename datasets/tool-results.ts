import type { Refuse } from "./dataset-errors.js";
import type { Turn, TurnCall } from "./openai-turns.js";

/**
 * Sorts each run of tool results into the order of the calls before it, because a prompt shows no ids.
 * A result belongs to the call with its id; without an id, to the next unanswered call of its tool;
 * without a name, to the next unanswered call. If results skip a call, each is prefixed with its tool's
 * name, so that it is not read as the result of the skipped call.
 *
 * Throws the error from `refuse` for an id that no earlier call has.
 */
export function orderToolResults(turns: readonly Turn[], refuse: Refuse): Turn[] {
  const ordered: Turn[] = [];
  const ids = new Set<string>();
  /** Calls of the latest assistant turn that have no result yet. */
  let open: readonly TurnCall[] = [];
  for (let at = 0; at < turns.length; at += 1) {
    const end = turns.findIndex((turn, index) => index >= at && turn.role !== "tool");
    const results = turns.slice(at, end === -1 ? turns.length : end);
    for (const result of results) checkId(result, ids, refuse);
    const places = matchCalls(results, open, ids);
    ordered.push(...orderRun(results, places, open));
    open = open.filter((_, index) => !places.includes(index));
    at += results.length;
    const next = turns[at];
    if (next === undefined) break;
    ordered.push(next);
    if (next.role === "assistant") open = next.calls;
    for (const { id } of next.calls) if (id !== null) ids.add(id);
  }
  return ordered;
}

function checkId({ answers, field }: Turn, ids: ReadonlySet<string>, refuse: Refuse): void {
  const id = answers?.id ?? null;
  // Results may have ids even if calls have none.
  if (id === null || ids.size === 0 || ids.has(id)) return;
  throw refuse(`field "${field}": it answers "${id}", but no call before it has this id`);
}

/** Returns the index of the call that each result answers; null if no open call matches. */
function matchCalls(
  results: readonly Turn[],
  calls: readonly TurnCall[],
  ids: ReadonlySet<string>,
): (number | null)[] {
  const places: (number | null)[] = results.map(() => null);
  const match = (fits: (result: Turn, call: TurnCall) => boolean): void => {
    results.forEach((result, index) => {
      if (places[index] !== null) return;
      const fitting = [...calls.keys()].filter((place) => {
        const call = calls[place];
        return call !== undefined && fits(result, call);
      });
      places[index] = fitting.find((place) => !places.includes(place)) ?? null;
    });
  };
  const hasId = ({ answers }: Turn): boolean => answers?.id != null && ids.size > 0;
  match(({ answers }, { id }) => id !== null && answers?.id === id);
  match((result, { name }) => !hasId(result) && result.answers?.name === name);
  match((result) => !hasId(result));
  return places;
}

function orderRun(
  results: readonly Turn[],
  places: readonly (number | null)[],
  calls: readonly TurnCall[],
): Turn[] {
  const placed = results
    .map((result, index) => ({ result, place: places[index] ?? calls.length }))
    .sort((left, right) => left.place - right.place);
  const skips = placed.some(({ place }, index) => place > index && place < calls.length);
  return placed.map(({ result, place }) => {
    const name = calls[place]?.name;
    return skips && name !== undefined ? { ...result, text: `${name}: ${result.text}` } : result;
  });
}
