import type { Message, Sample } from "../domain/samples/sample.js";
import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { EXAMPLE_CALL } from "../domain/formats/answer-format.js";
import { periodAfter, renderQuery } from "./answer-text.js";
import { completeStyle } from "./complete-style.js";
import { writeHistory } from "./write-history.js";
import { renderJson } from "../domain/json/text.js";
import type { PromptStyle } from "./types.js";

function taskOf(format: AnswerFormat): string {
  const none = format.render([]);
  return `# Task
You choose functions for a user. Read the request, decide which of the functions below it needs, and write the calls with all arguments that the request settles. Use only functions and argument names that are listed, and take values from the request. Where nothing listed fits, make no call.

# Output format
${format.guide.what} and nothing else:
${format.render([EXAMPLE_CALL])}
${format.guide.several}; no call is ${none}${periodAfter(none)}`;
}

const SYNTHESIS_TASK = `# Task
Write training data for an assistant that calls functions. Below is one seed: the instruction that the assistant works under, the request it got, and the functions it may call. Make exactly 1 new example of the same kind.
- The new request is something else than the seed: other names, places, numbers or wording, about as hard.
- The functions below answer it, and every argument value can be read off the new request.
- The output is the right list of calls for the new request, not for the seed.

# Output format
One JSON object and nothing else:
{"instruction": "the new request", "input": "further text that the request refers to, or empty", "output": [{"name": "function_name", "arguments": {"argument": "value"}}]}`;

const FUNCTION_CALLING = "Answer the request with calls of the functions.";

/**
 * The parts of the paper's prompts (Figures 10 to 13; App. G.2 for synthesis) in our own words: task, output
 * format, notes of the data set (API-Bank's year), every function as full JSON, then the input or the conversation.
 */
export function createPaperStyle(format: AnswerFormat): PromptStyle {
  const task = taskOf(format);
  return completeStyle("paper", format, {
    answerMessages(sample, options) {
      const examples = (options?.examples ?? []).flatMap((pair): Message[] => [
        { role: "user", content: section("Input", renderQuery(pair)) },
        { role: "assistant", content: format.render(pair.output) },
      ]);
      const system = [task, ...notesOf(sample), toolsOf(sample)].join("\n\n");
      return [
        { role: "system", content: system },
        ...examples,
        { role: "user", content: requestOf(sample, format) },
      ];
    },
    synthesisMessages(sample) {
      const seed = section("Seed instruction", [FUNCTION_CALLING, ...ownNotes(sample)].join(" "));
      const parts = [toolsOf(sample), seed, requestOf(sample, format, "Seed ")];
      return [
        { role: "system", content: SYNTHESIS_TASK },
        { role: "user", content: parts.join("\n\n") },
      ];
    },
  });
}

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
function requestOf(sample: Sample, format: AnswerFormat, prefix = ""): string {
  const turns = sample.messages
    .filter(({ role }) => role !== "system")
    .map((message) => writeHistory(message, format));
  const [only] = turns;
  if (turns.length === 1 && only !== undefined) return section(`${prefix}Input`, only.content);
  const lines = turns.map(({ role, content }) => `${role}: ${content}`);
  return section(`${prefix}Conversation`, lines.join("\n"));
}
