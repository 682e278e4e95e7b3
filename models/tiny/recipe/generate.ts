/**
 * Writes the tiny model's data: `<out>/train.jsonl` (conversations) and, with `--test FILE
 * --test-prompts FILE`, the held-out split in OpenAI tool format and as rendered prompts. Usage:
 * `tsx models/tiny/recipe/generate.ts [--out DIR --conversations N] [--test FILE --test-prompts
 * FILE]`
 *
 * Every prompt and target is rendered by `prompts/`, so the model is trained on exactly the text
 * that Whetstone sends to it.
 */
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Message, Sample } from "../../../domain/samples/sample.js";
import { getPromptStyle } from "../../../prompts/index.js";
import { Random } from "./random.js";
import {
  drawRequest,
  drawTools,
  drawVariation,
  type WorldRequest,
  type WorldTool,
} from "./world.js";

const TRAIN_SEED = 20_240_501;
const TEST_SEED = 77_001;
const TEST_RECORDS = 600;
const SYNTHESIS_SHARE = 0.4;

const style = getPromptStyle("compact");

function toSample(tools: readonly WorldTool[], query: string): Sample {
  return {
    key: "recipe",
    dataset: "recipe",
    row: 0,
    messages: [{ role: "user", content: query }],
    tools: tools.map(({ tool }) => tool),
  };
}

/** One prompt and its completion. */
function drawTurn(
  random: Random,
  tools: readonly WorldTool[],
): { task: string; messages: Message[]; completion: string } {
  const request = drawRequest(random, "train", tools);
  const sample = toSample(tools, request.query);
  if (!random.chance(SYNTHESIS_SHARE)) {
    return {
      task: "answer",
      messages: style.answerMessages(sample),
      completion: style.format.render(request.calls),
    };
  }
  const variation = drawVariation(random, "train", tools, request);
  return {
    task: "synthesize",
    messages: style.synthesisMessages(sample),
    completion: style.renderSynthesis({
      instruction: variation.query,
      input: "",
      output: variation.calls,
    }),
  };
}

/**
 * A conversation of one to four turns about the same tools. The later turns cost few tokens,
 * because the tools appear only once, and teach the model to use earlier turns as examples.
 */
function drawConversation(random: Random): { tasks: string[]; messages: Message[] } {
  const tools = drawTools(random, "train");
  const count = random.pick([1, 1, 2, 3, 4]);
  const turns = Array.from({ length: count }, () => drawTurn(random, tools));
  const system = turns[0]?.messages.slice(0, 1) ?? [];
  return {
    tasks: turns.map(({ task }) => task),
    messages: [
      ...system,
      ...turns.flatMap(({ messages, completion }): Message[] => [
        ...messages.slice(1),
        { role: "assistant", content: completion },
      ]),
    ],
  };
}

/** One held-out record in OpenAI tool format. */
function toRecord(id: number, tools: readonly WorldTool[], request: WorldRequest): object {
  const calls = request.calls.map((call, index) => ({
    id: `call_${id}_${index}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  return {
    messages: [
      { role: "user", content: request.query },
      calls.length > 0
        ? { role: "assistant", content: null, tool_calls: calls }
        : { role: "assistant", content: "No tool fits this request." },
    ],
    tools: tools.map(({ tool }) => ({ type: "function", function: tool })),
    kind: request.kind,
  };
}

/** The same record as a rendered prompt with its gold, for the evaluation in Python. */
function toPrompt(tools: readonly WorldTool[], request: WorldRequest): object {
  const defaults = tools.map(({ tool, facet }) => {
    const fallbacks = facet.arguments.flatMap(({ key, optional }) =>
      optional === undefined ? [] : [[key, optional.fallback] as const],
    );
    return [tool.name, Object.fromEntries(fallbacks)] as const;
  });
  return {
    messages: style.answerMessages(toSample(tools, request.query)),
    gold: request.calls,
    defaults: Object.fromEntries(defaults),
    kind: request.kind,
  };
}

function writeTest(path: string, promptsPath: string): void {
  const random = new Random(TEST_SEED);
  const records: string[] = [];
  const prompts: string[] = [];
  for (let id = 0; id < TEST_RECORDS; id += 1) {
    const tools = drawTools(random, "heldout");
    const request = drawRequest(random, "heldout", tools);
    records.push(JSON.stringify(toRecord(id, tools, request)));
    prompts.push(JSON.stringify(toPrompt(tools, request)));
  }
  writeFileSync(path, records.join("\n") + "\n");
  writeFileSync(promptsPath, prompts.join("\n") + "\n");
}

function writeTraining(directory: string, conversations: number): void {
  mkdirSync(directory, { recursive: true });
  const random = new Random(TRAIN_SEED);
  const stream = createWriteStream(join(directory, "train.jsonl"));
  for (let index = 0; index < conversations; index += 1) {
    stream.write(JSON.stringify(drawConversation(random)) + "\n");
  }
  stream.end();
}

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    conversations: { type: "string", default: "60000" },
    test: { type: "string" },
    "test-prompts": { type: "string" },
  },
});
if (values.out !== undefined) {
  writeTraining(values.out, Number(values.conversations));
}
if (values.test !== undefined && values["test-prompts"] !== undefined) {
  writeTest(values.test, values["test-prompts"]);
}
