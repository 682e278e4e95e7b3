import type { Sample } from "./sample.js";

/** Generic closing sentences that ToolRL and our importer add to API-Bank's dialogues. */
export const CLOSING_SENTENCES: readonly string[] = [
  "Based on our conversation above, please only make one tool call to solve my need.",
  "Now make the one call that this needs.",
];

/** A sample's last user message; "" if it has none. */
export function lastRequest(sample: Pick<Sample, "messages">): string {
  return sample.messages.findLast(({ role }) => role === "user")?.content ?? "";
}

/**
 * The user's whole request: the query, or for a longer conversation, each user turn on its own line, without a closing
 * sentence.
 */
export function requestText(sample: Pick<Sample, "messages">): string {
  const turns = sample.messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => content.trim());
  if (turns.length < 2) return lastRequest(sample);
  const last = turns.at(-1) ?? "";
  return (CLOSING_SENTENCES.includes(last) ? turns.slice(0, -1) : turns).join("\n");
}
