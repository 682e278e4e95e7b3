import { isNumber, numberText } from "../domain/json/exact-number.js";
import type { SchemaType } from "../domain/json/schema.js";
import type { JsonValue } from "../domain/json/value.js";
import { typesOf } from "../domain/schemas/inside.js";
import { argumentOf, readParameters } from "../domain/schemas/read-parameters.js";
import { readShape } from "../domain/schemas/read-shape.js";
import { acceptedValues } from "../domain/scoring/match-arguments.js";
import { ODDITIES, findRepeatedRows } from "./audit-records.js";
import type { ImportedRecord } from "./types.js";

/** One kind of oddity and all records that have it. */
export interface Finding {
  readonly oddity: string;
  readonly rows: readonly number[];
}

const OTHER_TYPES: readonly SchemaType[] = ["boolean", "array", "object"];

/** Oddities that only `data check` reports, because they are too common or too harmless for a warning in every run. */
const FURTHER = {
  "gold holds an unfilled placeholder": someGoldText((text) => /\$\{[^}]*\}|<[A-Z_]+>/.test(text)),
  "gold gives an argument as null": someArgument((value) => value === null),
  "gold gives an argument as empty text": someArgument((value) => value === ""),
  "gold gives text for a truth value, list or object": hasTextForOther,
  "gold calls a tool without arguments": ({ gold }) =>
    gold.calls.some((call) => Object.keys(call.accepted ?? call.arguments).length === 0),
  "a gold value is not in the query, word for word": ({ gold, messages }) => {
    const query = messages.map(({ content }) => content.toLowerCase()).join("\n");
    const isThere = (value: JsonValue): boolean =>
      leaves(value).every((text) => query.includes(text.toLowerCase()));
    return gold.calls.some((call) =>
      Object.keys(call.arguments).some((key) => !acceptedValues(call, key).some(isThere)),
    );
  },
  "gold needs an API key that the query does not give": needsUnknownKey,
  "gold has several calls": ({ gold }) => gold.calls.length > 1,
  "gold calls one tool several times": ({ gold }) =>
    new Set(gold.calls.map(({ name }) => name)).size < gold.calls.length,
  "gold makes no call": ({ gold }) => gold.calls.length === 0,
  "full-width punctuation": ({ messages }) =>
    messages.some(({ content }) => /[\uFF01-\uFF0F\uFF1A-\uFF20\u3001\u3002]/.test(content)),
} satisfies Record<string, (record: ImportedRecord) => boolean>;

/** Finds all oddities of records, with all record numbers; omits kinds that do not occur. */
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

/** Counts records that an exact answer can match: gold's tools are offered and the query gives any needed API key. */
export function countReachable(records: readonly ImportedRecord[]): number {
  const isUnoffered = ODDITIES["gold names a tool that is not offered"];
  return records.filter((record) => !isUnoffered(record) && !needsUnknownKey(record)).length;
}

/** Counts records by number of gold calls: `[number of calls, records]`, fewest calls first. */
export function countCalls(records: readonly ImportedRecord[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const { gold } of records) {
    counts.set(gold.calls.length, (counts.get(gold.calls.length) ?? 0) + 1);
  }
  return [...counts].sort(([left], [right]) => left - right);
}

/** Counts how often the first gold call's tool is first, second, ... among the candidates. */
export function countGoldPositions(records: readonly ImportedRecord[]): number[] {
  const counts: (number | undefined)[] = [];
  for (const { tools, gold } of records) {
    const position = tools.findIndex(({ name }) => name === gold.calls[0]?.name);
    if (position >= 0) counts[position] = (counts[position] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

/** Counts how often the gold tool is first if there is a choice, and how often it would be by chance. */
export function countGoldFirst(records: readonly ImportedRecord[]): {
  readonly choices: number;
  readonly first: number;
  readonly byChance: number;
} {
  const choices = records.filter(
    ({ tools, gold }) => tools.length > 1 && tools.some(({ name }) => name === gold.calls[0]?.name),
  );
  const first = choices.filter(({ tools, gold }) => tools[0]?.name === gold.calls[0]?.name);
  const byChance = choices.reduce((sum, { tools }) => sum + 1 / tools.length, 0);
  return { choices: choices.length, first: first.length, byChance };
}

function needsUnknownKey({ gold, messages }: ImportedRecord): boolean {
  return gold.calls.some((call) =>
    Object.entries(call.arguments).some(
      ([key, value]) =>
        /^(access_?key|api_?key|app_?id|token)$/i.test(key) &&
        typeof value === "string" &&
        !messages.some(({ content }) => content.includes(value)),
    ),
  );
}

function someArgument(test: (value: JsonValue) => boolean): (record: ImportedRecord) => boolean {
  return ({ gold }) => gold.calls.some((call) => Object.values(call.arguments).some(test));
}

function hasTextForOther({ gold, tools }: ImportedRecord): boolean {
  return gold.calls.some((call) => {
    const tool = tools.find(({ name }) => name === call.name);
    const parameters = readParameters(tool?.parameters ?? {});
    return Object.entries(call.arguments).some(([key, value]) => {
      const types = typesOf(readShape(argumentOf(parameters, key)));
      const isOther = OTHER_TYPES.some((other) => types.has(other));
      return typeof value === "string" && isOther && !types.has("string");
    });
  });
}

function someGoldText(test: (text: string) => boolean): (record: ImportedRecord) => boolean {
  return ({ gold }) => gold.calls.some((call) => leaves(call.arguments).some(test));
}

/** Texts and numbers inside a value, as text. */
function leaves(value: JsonValue): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (isNumber(value)) return [numberText(value)];
  if (value === null || typeof value === "boolean") return [];
  return Object.values(value as Record<string, JsonValue>).flatMap(leaves);
}
