import type { Sample } from "./sample.js";

/** What API-Bank's dialogues are closed with, by ToolRL and by our importer: it asks for nothing in particular. */
export const CLOSING_SENTENCES: readonly string[] = [
  "Based on our conversation above, please only make one tool call to solve my need.",
  "Now make the one call that this needs.",
];

/** A sample's last user message, "" where it has none. */
export function lastRequest(sample: Pick<Sample, "messages">): string {
  return sample.messages.findLast(({ role }) => role === "user")?.content ?? "";
}

/**
 * Everything that the user has asked for: the query, or of a longer conversation each of the user's turns on a line of
 * its own, without a closing sentence.
 */
export function requestText(sample: Pick<Sample, "messages">): string {
  const turns = sample.messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => content.trim());
  if (turns.length < 2) return lastRequest(sample);
  const last = turns.at(-1) ?? "";
  return (CLOSING_SENTENCES.includes(last) ? turns.slice(0, -1) : turns).join("\n");
}
