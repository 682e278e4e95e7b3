import type { Message, Tool } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";
import { hashRendered } from "./hash-rendered.js";
import { renderJson } from "../domain/json/text.js";
import { PROBE_PAIR, PROBE_SAMPLES } from "./probe-samples.js";
import { renderSignature } from "./signature.js";

/** Input of a rewritten query. */
export interface RewriteInput {
  /** A request of the same kind, as a style example. */
  readonly seedQuery: string;
  readonly calls: readonly ToolCall[];
  readonly tools: readonly Tool[];
  /** Texts that the new request must contain verbatim. */
  readonly values: readonly string[];
}

/** Asks for one new request that the given calls answer; the reply is only the request's text. */
export function rewriteMessages({ seedQuery, calls, tools, values }: RewriteInput): Message[] {
  const called = tools.filter((tool) => calls.some(({ name }) => name === tool.name));
  const lines = [
    ...called.map((tool) => `Tool: ${renderSignature(tool)}`),
    `Call: ${renderJson(calls.map(({ name, arguments: given }) => ({ name, arguments: given })))}`,
    `A request of this kind: ${seedQuery}`,
    ...(values.length === 0 ? [] : [`It must contain: ${values.map((v) => `"${v}"`).join(", ")}`]),
    "Write the new request.",
  ];
  return [
    {
      role: "system",
      content:
        "You write what a user says so that an assistant makes exactly the given tool call. Reply with the request only, one or two sentences.",
    },
    { role: "user", content: lines.join("\n") },
  ];
}

/** Enters the key of every rewritten pair and the identity of sweeps that rewrite; any change of wording changes it. */
export const REWRITE_PROMPT_HASH = hashRendered(
  PROBE_SAMPLES.map(({ tools }) =>
    rewriteMessages({
      seedQuery: "What does the lamp Orlo cost?",
      calls: PROBE_PAIR.output,
      tools,
      values: ["Orlo"],
    }),
  ),
);
