import type { JsonValue } from "../domain/json/value.js";
import { mayBeLeftOut, typesOf } from "../domain/schemas/inside.js";
import type { Parameters } from "../domain/schemas/read-parameters.js";
import { argumentOf, hasArgument, readParameters } from "../domain/schemas/read-parameters.js";
import { readShape } from "../domain/schemas/read-shape.js";
import { isAbsent } from "../domain/scoring/absence.js";
import type { GoldCall, Tool } from "../domain/samples/sample.js";
import { sampleContentHash } from "../domain/identity/sample-hash.js";
import type { ImportedRecord } from "./types.js";

/** Oddities of a record by the text of their warning. */
export const ODDITIES = {
  "gold names a tool that is not offered": hasUnofferedGold,
  "gold has an argument that its tool does not declare": hasUndeclaredArgument,
  "gold lacks a required argument": lacksRequiredArgument,
  "gold gives text for a number": hasTextForNumber,
  "a tool name is offered twice": hasRepeatedTool,
  "one candidate only, so no margin exists and the sample counts as certain": hasOneCandidate,
} as const satisfies Record<string, (record: ImportedRecord) => boolean>;

/**
 * Returns one sentence per kind of oddity that occurs, with the number of records and their first
 * rows.
 */
export function auditRecords(records: readonly ImportedRecord[]): string[] {
  const found = Object.entries(ODDITIES).map(([oddity, applies]) =>
    describeRows(
      oddity,
      records.flatMap((record, row) => (applies(record) ? [row] : [])),
    ),
  );
  return [...found, describeRows("repeats an earlier record", findRepeatedRows(records))].flat();
}

/** Finds rows that repeat an earlier record, ignoring gold. */
export function findRepeatedRows(records: readonly ImportedRecord[]): number[] {
  const hashes = records.map(sampleContentHash);
  const seen = new Map<string, number>();
  hashes.forEach((hash, row) => seen.set(hash, seen.get(hash) ?? row));
  return hashes.flatMap((hash, row) => (seen.get(hash) === row ? [] : [row]));
}

/** Describes an oddity with its number of records and their first numbers; empty if no record has it. */
export function describeRows(oddity: string, rows: readonly number[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, 8).join(", ");
  const more = rows.length > 8 ? ", ..." : "";
  return [`${oddity}: ${rows.length} record${rows.length === 1 ? "" : "s"} (${shown}${more})`];
}

function hasUnofferedGold({ tools, gold }: ImportedRecord): boolean {
  return gold.calls.some((call) => findTool(tools, call) === undefined);
}

function hasUndeclaredArgument(record: ImportedRecord): boolean {
  return someCall(record, (call, parameters) =>
    givenEntries(call).some(([key]) => !hasArgument(parameters, key)),
  );
}

function lacksRequiredArgument(record: ImportedRecord): boolean {
  return someCall(record, (call, { members }) =>
    members.some((member) => !mayBeLeftOut(member) && !Object.hasOwn(call.arguments, member.name)),
  );
}

function hasTextForNumber(record: ImportedRecord): boolean {
  return someCall(record, (call, parameters) =>
    givenEntries(call).some(([key, value]) => {
      const types = typesOf(readShape(argumentOf(parameters, key)));
      const isNumber = types.has("number") || types.has("integer");
      return typeof value === "string" && isNumber && !types.has("string");
    }),
  );
}

function hasRepeatedTool({ tools }: ImportedRecord): boolean {
  return new Set(tools.map(({ name }) => name)).size < tools.length;
}

function hasOneCandidate({ tools }: ImportedRecord): boolean {
  return tools.length === 1;
}

function someCall(
  { tools, gold }: ImportedRecord,
  test: (call: GoldCall, parameters: Parameters) => boolean,
): boolean {
  return gold.calls.some((call) => {
    const parameters = findTool(tools, call)?.parameters;
    return parameters !== undefined && test(call, readParameters(parameters));
  });
}

function findTool(tools: readonly Tool[], call: GoldCall): Tool | undefined {
  return tools.find(({ name }) => name === call.name);
}

function givenEntries(call: GoldCall): [string, JsonValue][] {
  return Object.entries(call.arguments).filter(([, value]) => !isAbsent(value));
}
