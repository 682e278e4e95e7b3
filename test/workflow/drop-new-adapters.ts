/** Drops, once each, the adapters (with names that begin so) that the engine has right now: what asks one next finds it gone. */
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
