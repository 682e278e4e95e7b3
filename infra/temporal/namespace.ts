import { Connection } from "@temporalio/client";

/** How many days closed workflows stay readable in the UI of the local server. */
const retentionDays = 90;

/** Whether a local Temporal server responds at this address and has the namespace. */
export async function isTemporalReady(address: string, namespace: string): Promise<boolean> {
  return withConnection(address, async (connection) => {
    await connection.withDeadline(Date.now() + 3_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  }).catch(() => false);
}

/**
 * Sets how long the local server keeps closed workflows; the default of one day would lose
 * histories.
 */
export async function setRetention(address: string, namespace: string): Promise<void> {
  const wanted = retentionDays * 24 * 60 * 60;
  await withConnection(address, async (connection) => {
    const described = await connection.workflowService.describeNamespace({ namespace });
    const current = described.config?.workflowExecutionRetentionTtl?.seconds;
    if (Number(current ?? 0) === wanted) return;
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: { seconds: wanted as never } },
    });
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
