import type OpenAI from "openai";
import type {
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { AssistantEvent } from "./events.js";
import type { createTools } from "./tools.js";

/** What a message is answered with. */
export interface LoopOptions {
  readonly client: OpenAI;
  readonly model: string;
  readonly tools: ReturnType<typeof createTools>;
  /** How often the model may be asked for the message. */
  readonly turns: number;
  /** The conversation, the new message last; calls and results are added to it. */
  readonly messages: ChatCompletionMessageParam[];
  /** Id of the message: each turn asks under one of its own, so a retry gets the same answer. */
  readonly messageId: string;
  /** Milliseconds after which the base model answers; null: no limit. */
  readonly budgetMs: number | null;
  readonly signal: AbortSignal;
  readonly tell: (event: AssistantEvent) => void;
}

/** Asks the model, runs the tools that it calls, and asks again with their results until it calls none. */
export async function answerMessage(options: LoopOptions): Promise<void> {
  const { messages, tell } = options;
  const results: string[] = [];
  const made = new Set<string>();
  for (let turn = 1; turn <= options.turns; turn += 1) {
    tell({ kind: "asking" });
    const { content, calls } = await ask(options, turn);
    const fresh = calls.filter((call) => !made.has(keyOf(call)));
    if (fresh.length === 0) {
      // Small models often stop without a word, or make the same call again: then the results are the answer.
      const text = content === "" ? results.join(" ") : content;
      messages.push({ role: "assistant", content: text });
      tell({ kind: "done", text: text === "" ? "No tool fits this request." : text });
      return;
    }
    messages.push({ role: "assistant", content: null, tool_calls: fresh });
    for (const call of fresh) {
      made.add(keyOf(call));
      const text = runTool(options, call);
      results.push(text);
      messages.push({ role: "tool", tool_call_id: call.id, content: text });
      tell({ kind: "result", name: call.function.name, text });
    }
  }
  const text = results.join(" ");
  messages.push({ role: "assistant", content: text });
  tell({ kind: "done", text });
}

async function ask(options: LoopOptions, turn: number) {
  const { client, model, tools, messages, messageId, budgetMs, signal, tell } = options;
  const began = performance.now();
  const { data, response } = await client.chat.completions
    .create(
      { model, messages, tools: tools.map(({ definition }) => definition) },
      {
        headers: {
          "X-Request-Id": `${messageId}-${turn}`,
          ...(budgetMs === null ? {} : { "X-Whetstone-Budget-Ms": String(budgetMs) }),
        },
        signal,
      },
    )
    .withResponse();
  const message = data.choices[0]?.message;
  const calls = (message?.tool_calls ?? []).filter((call) => call.type === "function");
  tell({
    kind: "answered",
    from: response.headers.get("x-whetstone-answer") ?? "",
    seconds: (performance.now() - began) / 1000,
    calls: calls.map((call) => call.function),
  });
  return { content: message?.content ?? "", calls };
}

function runTool({ tools }: LoopOptions, call: ChatCompletionMessageFunctionToolCall): string {
  const { name, arguments: given } = call.function;
  try {
    const tool = tools.find(({ definition }) => definition.function.name === name);
    if (tool === undefined) throw new Error(`There is no tool "${name}".`);
    return tool.run(JSON.parse(given));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function keyOf({ function: { name, arguments: given } }: ChatCompletionMessageFunctionToolCall) {
  return `${name} ${given}`;
}
