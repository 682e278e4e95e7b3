import type { Message, Sample } from "../domain/samples/sample.js";
import type { AnswerFormat } from "../domain/formats/answer-format.js";
import { EXAMPLE_CALL } from "../domain/formats/answer-format.js";
import { pairQuery } from "../domain/formats/synthesis-reply.js";
import { periodAfter } from "./answer-text.js";
import { completeStyle } from "./complete-style.js";
import { FIRST_SYNTHESIS_TASK } from "./paper-first-synthesis.js";
import { FUNCTION_CALLING, NEW_EXAMPLE, SHOTS, SYNTHESIS_TASK } from "./paper-synthesis.js";
import { writeHistory } from "./write-history.js";
import { renderJson } from "../domain/json/text.js";
import type { PromptStyle } from "./types.js";

/** What of a sample the prompts show. */
type Seed = Pick<Sample, "messages" | "tools">;

function taskOf(format: AnswerFormat): string {
  const none = format.render([]);
  return `# Task
You choose functions for a user. Read the request, decide which of the functions below it needs, and write the calls with all arguments that the request settles. Use only functions and argument names that are listed, and take values from the request. Where nothing listed fits, make no call.

# Output format
${format.guide.what} and nothing else:
${format.render([EXAMPLE_CALL])}
${format.guide.several}; no call is ${none}${periodAfter(none)}`;
}

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
    synthesisMessages(sample) {
      const asked = (seed: Seed): Message => ({
        role: "user",
        content: `${seedOf(seed, format)}\n\n${section("New example", NEW_EXAMPLE)}`,
      });
      return [
        { role: "system", content: SYNTHESIS_TASK },
        ...SHOTS.flatMap(({ seed, reply }): Message[] => [
          asked(seed),
          { role: "assistant", content: reply },
        ]),
        asked(sample),
      ];
    },
    firstSynthesisMessages: (sample) => [
      { role: "system", content: FIRST_SYNTHESIS_TASK },
      { role: "user", content: seedOf(sample, format) },
    ],
  });
}

/** The seed: functions, instruction and request. */
function seedOf(sample: Seed, format: AnswerFormat): string {
  const instruction = [FUNCTION_CALLING, ...ownNotes(sample)].join(" ");
  return [
    toolsOf(sample),
    section("Seed instruction", instruction),
    requestOf(sample, format, "Seed "),
  ].join("\n\n");
}

function section(title: string, text: string): string {
  return `# ${title}\n${text}`;
}

function ownNotes(sample: Seed): string[] {
  return sample.messages.filter(({ role }) => role === "system").map(({ content }) => content);
}

function notesOf(sample: Seed): string[] {
  const notes = ownNotes(sample);
  return notes.length === 0 ? [] : [section("Note", notes.join("\n"))];
}

function toolsOf(sample: Seed): string {
  const lines = sample.tools.map(({ name, description, parameters }) =>
    renderJson({ name, description, parameters }),
  );
  return section("Functions", lines.join("\n"));
}

/** The query, or a conversation with one line per turn. */
function requestOf(sample: Seed, format: AnswerFormat, prefix = ""): string {
  const turns = sample.messages
    .filter(({ role }) => role !== "system")
    .map((message) => writeHistory(message, format));
  const [only] = turns;
  if (turns.length === 1 && only !== undefined) return section(`${prefix}Input`, only.content);
  const lines = turns.map(({ role, content }) => `${role}: ${content}`);
  return section(`${prefix}Conversation`, lines.join("\n"));
}
