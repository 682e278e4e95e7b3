import type { Message, Sample } from "../domain/samples/sample.js";
import type { SyntheticPair } from "../domain/units/trace.js";
import {
  ANSWER_OPENING,
  TAG_CLOSE,
  TAG_OPEN,
  renderAnswer,
  renderQuery,
  renderSynthesis,
} from "./answer-text.js";
import { hashStyle } from "./hash-style.js";
import { renderJson } from "../domain/json/text.js";
import type { PromptStyle } from "./types.js";

const TASK = `# Task
You choose functions for a user. Read the request, decide which of the functions below it needs, and write the calls with all arguments that the request settles. Use only functions and argument names that are listed, and take values from the request. Where nothing listed fits, make no call.

# Output format
One list of calls inside ${TAG_OPEN} tags and nothing else:
${TAG_OPEN}[{"name": "function_name", "arguments": {"argument": "value"}}]${TAG_CLOSE}
Several calls stand in the same list; no call is ${TAG_OPEN}[]${TAG_CLOSE}.`;

const SYNTHESIS_TASK = `# Task
Write training data for an assistant that calls functions. Below is one seed: the instruction that the assistant works under, the request it got, and the functions it may call. Make exactly 1 new example of the same kind.
- The new request is something else than the seed: other names, places, numbers or wording, about as hard.
- The functions below answer it, and every argument value can be read off the new request.
- The output is the right list of calls for the new request, not for the seed.

# Output format
One JSON object and nothing else:
{"instruction": "the new request", "input": "further text that the request refers to, or empty", "output": [{"name": "function_name", "arguments": {"argument": "value"}}]}`;

const unhashedStyle: Omit<PromptStyle, "hash"> = {
  name: "paper",
  answerOpening: ANSWER_OPENING,
  nameClosing: '"',
  answerMessages(sample, options) {
    const examples = (options?.examples ?? []).flatMap((pair): Message[] => [
      { role: "user", content: section("Input", renderQuery(pair)) },
      { role: "assistant", content: renderAnswer(pair.output) },
    ]);
    const system = [TASK, ...notesOf(sample), toolsOf(sample)].join("\n\n");
    return [
      { role: "system", content: system },
      ...examples,
      { role: "user", content: requestOf(sample) },
    ];
  },
  renderAnswer,
  synthesisMessages(sample) {
    const seed = section("Seed instruction", [FUNCTION_CALLING, ...ownNotes(sample)].join(" "));
    const parts = [toolsOf(sample), seed, requestOf(sample, "Seed ")];
    return [
      { role: "system", content: SYNTHESIS_TASK },
      { role: "user", content: parts.join("\n\n") },
    ];
  },
  renderSynthesis,
  pairSample(sample: Sample, pair: SyntheticPair) {
    const system = sample.messages.filter((message) => message.role === "system");
    return { ...sample, messages: [...system, { role: "user", content: renderQuery(pair) }] };
  },
};

const FUNCTION_CALLING = "Answer the request with calls of the functions.";

/**
 * The parts of the paper's prompts (Figures 10 to 13; App. G.2 for synthesis) in words of our own: task, output
 * format, notes of the data set (API-Bank's year), every function as full JSON, then the input or the conversation.
 */
export const paperStyle: PromptStyle = { ...unhashedStyle, hash: hashStyle(unhashedStyle) };

function section(title: string, text: string): string {
  return `# ${title}\n${text}`;
}

function ownNotes(sample: Sample): string[] {
  return sample.messages.filter(({ role }) => role === "system").map(({ content }) => content);
}

function notesOf(sample: Sample): string[] {
  const notes = ownNotes(sample);
  return notes.length === 0 ? [] : [section("Note", notes.join("\n"))];
}

function toolsOf(sample: Sample): string {
  const lines = sample.tools.map(({ name, description, parameters }) =>
    renderJson({ name, description, parameters }),
  );
  return section("Functions", lines.join("\n"));
}

/** The query, or a conversation with one line per turn. */
function requestOf(sample: Sample, prefix = ""): string {
  const turns = sample.messages.filter(({ role }) => role !== "system");
  const [only] = turns;
  if (turns.length === 1 && only !== undefined) return section(`${prefix}Input`, only.content);
  const lines = turns.map(({ role, content }) => `${role}: ${content}`);
  return section(`${prefix}Conversation`, lines.join("\n"));
}
