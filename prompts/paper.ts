import type { Message, Sample } from "../domain/samples/sample.js";
import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { EXAMPLE_CALL } from "../domain/formats/answer-format.js";
import { pairQuery } from "../domain/formats/synthesis-reply.js";
import { periodAfter } from "./answer-text.js";
import { completeStyle } from "./complete-style.js";
import { FIRST_SYNTHESIS_TASK } from "./paper-first-synthesis.js";
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
Write practice examples for an assistant that calls functions. An example has three parts:
- "instruction": what the assistant is told to do. It is the seed's instruction, word for word.
- "input": what a user asks, in one or two full sentences.
- "output": the function calls that answer the input.
You get the functions and one seed. Make exactly 1 new example.`;

/** After the seed, because small models follow best what they read last. */
const SYNTHESIS_FORMAT = `# New example
Write a new input that needs the same function as the seed input, about something else: other names, places, dates and numbers. State every argument value in it, word for word. Then write its calls, with the argument names of the function and with values from the new input only.
Answer with one JSON object and nothing else:`;

const FUNCTION_CALLING = "Answer the request with calls of the functions.";

/**
 * The parts of the paper's prompts (Figures 10 to 13; App. G.2 for synthesis) in our own words: task, output
 * format, notes of the data set (API-Bank's year), every function as full JSON, then the input or the conversation.
 */
export function createPaperStyle(format: AnswerFormat): PromptStyle {
  const task = taskOf(format);
  return completeStyle("paper", format, {
    queryOf: pairQuery,
    answerMessages(sample, options) {
      const examples = (options?.examples ?? []).flatMap((pair): Message[] => [
        { role: "user", content: section("Input", pairQuery(pair)) },
        { role: "assistant", content: format.render(pair.output) },
      ]);
      const system = [task, ...notesOf(sample), toolsOf(sample)].join("\n\n");
      return [
        { role: "system", content: system },
        ...examples,
        { role: "user", content: requestOf(sample, format) },
      ];
    },
    synthesisMessages: (sample) => [
      { role: "system", content: SYNTHESIS_TASK },
      { role: "user", content: [...seedOf(sample, format), newExample()].join("\n\n") },
    ],
    firstSynthesisMessages: (sample) => [
      { role: "system", content: FIRST_SYNTHESIS_TASK },
      { role: "user", content: seedOf(sample, format).join("\n\n") },
    ],
  });
}

/** The seed: functions, instruction and request. */
function seedOf(sample: Sample, format: AnswerFormat): string[] {
  const instruction = [FUNCTION_CALLING, ...ownNotes(sample)].join(" ");
  return [
    toolsOf(sample),
    section("Seed instruction", instruction),
    requestOf(sample, format, "Seed "),
  ];
}

/** What to write, and the reply's shape. */
function newExample(): string {
  const shape = renderJson({
    instruction: FUNCTION_CALLING,
    input: "<the new user request, in full sentences that state every argument value>",
    output: [EXAMPLE_CALL].map(({ name, arguments: given }) => ({ name, arguments: given })),
  });
  return `${SYNTHESIS_FORMAT}\n${shape}`;
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
