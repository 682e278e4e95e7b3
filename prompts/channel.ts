import type { Message, Tool } from "../domain/samples/sample.js";
import { hashRendered } from "./hash-rendered.js";
import { PROBE_SAMPLES } from "./probe-samples.js";
import { renderSignature } from "./signature.js";

const INSTRUCTION =
  "You are shown a tool. Reply with a request that a user might make to get it used.";

/** Three tools that no benchmark contains, each with a request: examples of the form, not the topic. */
const SHOTS: readonly (readonly [string, string])[] = [
  [
    "turn_lamp(room, brightness?: integer) - Switch a lamp on or set how bright it is",
    "Could you set the lamp in the hallway to 40 percent?",
  ],
  [
    "find_seed(plant, season?) - Look up seeds that a garden shop has in stock",
    "I want to sow radishes this spring. Do you have any seeds?",
  ],
  [
    "knot_steps(name) - Instructions for tying a knot",
    "How do I tie a bowline? Please show me the steps.",
  ],
];

/**
 * The prompt whose answer is a request for `tool`: log P(query | tool signature) is the query's log-likelihood as its
 * answer.
 */
export function channelMessages(tool: Tool): Message[] {
  return [
    { role: "system", content: INSTRUCTION },
    ...SHOTS.flatMap(([signature, request]): Message[] => [
      { role: "user", content: signature },
      { role: "assistant", content: request },
    ]),
    { role: "user", content: renderSignature(tool) },
  ];
}

/** Enters the key of every channel score, and the identity of sweeps that use it: any change of wording changes it. */
export const CHANNEL_PROMPT_HASH = hashRendered(
  PROBE_SAMPLES.flatMap(({ tools }) => tools.map(channelMessages)),
);
