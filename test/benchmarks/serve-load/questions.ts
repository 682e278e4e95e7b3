import type { ChatTool } from "../../../domain/samples/chat-tool.js";
import { toChatTools } from "../../../domain/samples/chat-tool.js";
import type { Sample } from "../../../domain/samples/sample.js";
import { Random } from "../../../models/tiny/recipe/random.js";
import { drawRequest, drawTools } from "../../../models/tiny/recipe/world.js";
import type { PromptStyle } from "../../../prompts/types.js";

/** What a client asks: the body of a chat completion. */
export interface Question {
  readonly model: string;
  readonly messages: readonly { readonly role: "user"; readonly content: string }[];
  readonly tools: readonly ChatTool[];
}

/** A question, and what the engine gets for the same conversation without Whetstone before it. */
export interface DrawnQuestion {
  readonly question: Question;
  readonly bare: object;
  /** One training on the question and its right answer, without an id. */
  readonly training: object;
}

/**
 * Draws questions in the tiny model's world, with words that its training never showed. About three quarters of them
 * are certain for the model at tau 0.95. Equal seeds give equal questions.
 */
export class QuestionSource {
  readonly #random: Random;

  constructor(
    seed: number,
    private readonly target: { readonly served: string; readonly base: string },
    private readonly style: PromptStyle,
  ) {
    this.#random = new Random(seed);
  }

  draw(): DrawnQuestion {
    const { served, base } = this.target;
    const tools = drawTools(this.#random, "heldout");
    const { query, calls } = drawRequest(this.#random, "heldout", tools);
    const sample: Sample = {
      ...{ key: "load", dataset: "load", row: 0 },
      messages: [{ role: "user", content: query }],
      tools: tools.map(({ tool }) => tool),
    };
    const prompt = this.style.answerPrompt(sample);
    return {
      question: {
        model: served,
        messages: [{ role: "user", content: query }],
        tools: toChatTools(sample.tools),
      },
      bare: { model: base, ...prompt, temperature: 0, max_tokens: MAX_TOKENS, seed: 1 },
      training: {
        examples: [{ ...prompt, completion: this.style.format.render(calls) }],
        ...{ epochs: 5, learningRate: LEARNING_RATE, seed: 1 },
      },
    };
  }
}

const MAX_TOKENS = 128;
const LEARNING_RATE = 5e-3;

/** Name under which the benchmark's config is served. */
export const SERVED = "load";

/** The quick start's settings; `certain` scores every request and adapts to none. */
export const SERVED_CONFIG = `
sweep: ${SERVED}
model: tiny
dataset: { format: lookalike }
inference: { temperature: 0, maxTokens: ${MAX_TOKENS} }
synthesis: { decoding: constrained, maxTokens: 192 }
training: { learningRate: ${LEARNING_RATE} }
run: { privateQueueTimeoutSeconds: 20 }
variants:
  - { name: certain, method: tt-si, tau: 0 }
  - { name: tt-si, method: tt-si, tau: 0.95 }
`;
