import { isAbsent } from "../domain/match-arguments.js";
import type { JsonValue } from "../domain/json.js";
import { ODDITIES, findRepeatedRows } from "./audit-records.js";
import type { ImportedRecord } from "./types.js";

/** One kind of oddity and all records that have it. */
export interface Finding {
  readonly oddity: string;
  readonly rows: readonly number[];
}

/** Oddities that only `data check` looks for: they are too common, or too harmless, to warn about in every run. */
const FURTHER = {
  "gold holds an unfilled placeholder": someGoldText((text) => /\$\{[^}]*\}|<[A-Z_]+>/.test(text)),
  "gold gives an argument as null or empty text": (record) =>
    record.gold.calls.some((call) => Object.values(call.arguments).some(isAbsent)),
  "a gold value is not in the query, word for word": ({ gold, messages }) => {
    const query = messages.map(({ content }) => content.toLowerCase()).join("\n");
    return gold.calls.some((call) =>
      leaves(call.arguments).some((text) => !query.includes(text.toLowerCase())),
    );
  },
  "gold needs an API key that the query does not give": ({ gold, messages }) =>
    gold.calls.some((call) =>
      Object.entries(call.arguments).some(
        ([key, value]) =>
          /^(access_?key|api_?key|app_?id|token)$/i.test(key) &&
          typeof value === "string" &&
          !messages.some(({ content }) => content.includes(value)),
      ),
    ),
  "gold has several calls": ({ gold }) => gold.calls.length > 1,
  "gold makes no call": ({ gold }) => gold.calls.length === 0,
} satisfies Record<string, (record: ImportedRecord) => boolean>;

/** Everything odd about records, with all record numbers; kinds that do not occur are left out. */
export function inspectRecords(records: readonly ImportedRecord[]): Finding[] {
  const tests = Object.entries({ ...ODDITIES, ...FURTHER });
  return [
    ...tests.map(([oddity, applies]) => ({
      oddity,
      rows: records.flatMap((record, row) => (applies(record) ? [row] : [])),
    })),
    { oddity: "repeats an earlier record", rows: findRepeatedRows(records) },
  ].filter(({ rows }) => rows.length > 0);
}

/** How often the first gold call's tool stands first, second, ... among the candidates. */
export function countGoldPositions(records: readonly ImportedRecord[]): number[] {
  const counts: (number | undefined)[] = [];
  for (const { tools, gold } of records) {
    const position = tools.findIndex(({ name }) => name === gold.calls[0]?.name);
    if (position >= 0) counts[position] = (counts[position] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

function someGoldText(test: (text: string) => boolean): (record: ImportedRecord) => boolean {
  return ({ gold }) => gold.calls.some((call) => leaves(call.arguments).some(test));
}

/** Texts and numbers inside a value, as text. */
function leaves(value: JsonValue): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value === "number") return [String(value)];
  if (value === null || typeof value === "boolean") return [];
  return Object.values(value as Record<string, JsonValue>).flatMap(leaves);
}
