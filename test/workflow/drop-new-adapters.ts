/**
 * Drops, once each, all new adapters with this name prefix from the engine, so that the next
 * request to each finds it missing.
 */
export async function dropNewAdapters(
  engineUrl: string,
  dropped: Set<string>,
  prefix = "",
): Promise<void> {
  const response = await fetch(`${engineUrl}/v1/models`);
  const { data } = (await response.json()) as { data: { id: string; kind: string }[] };
  for (const { id, kind } of data) {
    if (kind !== "adapter" || dropped.has(id) || !id.startsWith(prefix)) continue;
    dropped.add(id);
    await fetch(`${engineUrl}/v1/adapters/${id}`, { method: "DELETE" });
  }
}
