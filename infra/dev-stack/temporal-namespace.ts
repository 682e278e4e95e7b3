import { Connection } from "@temporalio/client";

/** How long closed workflows stay readable in the UI of the local server, days. */
export const retentionDays = 90;

/** Values of `temporal.api.enums.v1.IndexedValueType` by the names that the command line uses. */
const indexedValueTypes: Readonly<Record<string, number>> = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
};

/** Whether a local Temporal server answers at this address and has the namespace. */
export async function isTemporalReady(address: string, namespace: string): Promise<boolean> {
  return withConnection(address, async (connection) => {
    await connection.withDeadline(Date.now() + 3_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  }).catch(() => false);
}

/**
 * Brings a local server's namespace up to date: retention (one day by default, which loses
 * histories) and the search attributes that a database from an older version lacks.
 */
export async function prepareLocalNamespace(
  address: string,
  namespace: string,
  searchAttributeTypes: Readonly<Record<string, string>>,
): Promise<void> {
  await withConnection(address, async (connection) => {
    await setRetention(connection, namespace);
    await addSearchAttributes(connection, namespace, searchAttributeTypes);
  });
}

/** Adds the search attributes that the namespace lacks. Returns the names it added. */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  types: Readonly<Record<string, string>>,
): Promise<string[]> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(types).filter(([name]) => !(name in known.customAttributes));
  if (missing.length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map(([name, type]) => [name, indexedValueTypes[type] ?? 0]),
      ),
    });
  }
  return missing.map(([name]) => name);
}

async function setRetention(connection: Connection, namespace: string): Promise<void> {
  const wanted = retentionDays * 24 * 60 * 60;
  const described = await connection.workflowService.describeNamespace({ namespace });
  const current = described.config?.workflowExecutionRetentionTtl?.seconds;
  if (Number(current ?? 0) === wanted) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: { seconds: wanted as never } },
  });
}

async function withConnection<Result>(
  address: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address, connectTimeout: "3s" });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
