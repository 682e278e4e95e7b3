import type { Client } from "@temporalio/client";
import { setTimeout as sleep } from "node:timers/promises";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { searchAttributes } from "../../contracts/search-attributes.js";

const typeNames: Readonly<Record<string, string>> = {
  KEYWORD: "Keyword",
  KEYWORD_LIST: "KeywordList",
  INT: "Int",
  DOUBLE: "Double",
};

/**
 * Every search attribute that a namespace needs before a sweep can run in it: name to type, as in
 * Temporal's CLI (`--search-attribute Name=Type`).
 */
export const searchAttributeTypes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, typeNames[type] ?? type]),
);

/** Temporal's numbers of the types used here. */
const typeNumbers = { KEYWORD: 2, INT: 3, DOUBLE: 4, KEYWORD_LIST: 7 } as const;

/** Longest wait until the server has applied a registration, in milliseconds. */
const LIMIT_MS = 15_000;

/**
 * Registers the search attributes that the namespace lacks. A server that was not started by
 * `whetstone dev up` has none of them and refuses workflows that set one. Throws
 * `TEMPORAL_SEARCH_ATTRIBUTES_MISSING`.
 */
export async function ensureSearchAttributes(client: Client): Promise<void> {
  const { namespace } = client.options;
  const missing = await listMissing(client, namespace);
  if (missing.length === 0) return;
  try {
    await client.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map(({ name, type }) => [name, typeNumbers[type]]),
      ),
    });
  } catch (error) {
    throw attributesMissing(namespace, missing, error);
  }
  const end = performance.now() + LIMIT_MS;
  while (performance.now() < end) {
    if ((await listMissing(client, namespace)).length === 0) return;
    await sleep(250);
  }
  throw attributesMissing(namespace, missing, undefined);
}

type Attribute = (typeof searchAttributes)[keyof typeof searchAttributes];

async function listMissing(client: Client, namespace: string): Promise<Attribute[]> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace,
  });
  return Object.values(searchAttributes).filter(({ name }) => !(name in customAttributes));
}

function attributesMissing(
  namespace: string,
  missing: readonly Attribute[],
  cause: unknown,
): WhetstoneError {
  const names = missing.map(({ name }) => name).join(", ");
  const flags = missing.map(
    ({ name }) => `--name ${name} --type ${searchAttributeTypes[name] ?? ""}`,
  );
  return new WhetstoneError(
    `Temporal's namespace ${namespace} lacks the search attributes ${names}, and adding them failed.`,
    {
      code: "TEMPORAL_SEARCH_ATTRIBUTES_MISSING",
      hint: `Have an administrator run: temporal operator search-attribute create --namespace ${namespace} ${flags.join(" ")}`,
      cause,
    },
  );
}
