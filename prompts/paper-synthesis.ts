import { renderJson } from "../domain/json/text.js";
import type { JsonObject } from "../domain/json/value.js";
import type { Sample, Tool } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";

/** What the assistant of an example is told to do. */
export const FUNCTION_CALLING = "Answer the request with calls of the functions.";

/** The paper style's synthesis task: the parts of Figure 8 in our own words. */
export const SYNTHESIS_TASK = `# Task
Write examples for an assistant that calls functions. You get a seed: the functions, the instruction of the assistant and an input that a user sent. Make exactly 1 new example in the manner of the seed.

# Output format
One JSON object and nothing else. Its parts:
- "instruction": the instruction of the seed.
- "input": a new request for the function that fits the seed best, in full sentences. It states every value that the call needs. Its values are not those of the seed.
- "output": the calls that answer the new input. Their arguments are those of the function, and their values are in the new input.`;

/** Ends every seed: small models follow best what they read last. */
export const NEW_EXAMPLE = "Other values and other words than those of the seed.";

/** A worked example: a seed and the reply to it. */
export interface Shot {
  readonly seed: Pick<Sample, "messages" | "tools">;
  readonly reply: string;
}

const LAMP = tool("turn_lamp", "Switches a lamp on or sets how bright it is", ["lamp_id"], {
  lamp_id: { type: "string", description: "Name of the lamp" },
  brightness: { type: "integer", description: "Percent of full light" },
});
const SEEDS = tool("find_seeds", "Looks up seeds that a garden shop has in stock", ["plant"], {
  plant: { type: "string", description: "Name of the plant" },
  season: { type: "string", description: "When to sow" },
});
const KNOT = tool("show_knot", "Explains how to tie a knot", ["name"], {
  name: { type: "string", description: "Name of the knot" },
});

/** With tools that no benchmark has. The second seed leaves out what its call needs; the new input does not. */
export const SHOTS: readonly Shot[] = [
  shot(
    [SEEDS, LAMP],
    'Please turn on the lamp "hall-204" at 40 percent.',
    "I would like desk-7 to shine at 75 percent of its light.",
    { name: "turn_lamp", arguments: { lamp_id: "desk-7", brightness: 75 } },
  ),
  shot(
    [KNOT, LAMP, SEEDS],
    "Find seeds for one of my plants.",
    "Which radishes can be sown in early spring? I am looking for seeds.",
    { name: "find_seeds", arguments: { plant: "radishes", season: "early spring" } },
  ),
  shot(
    [KNOT, SEEDS],
    "Show me how to tie the knot with the name bowline.",
    "My daughter wants to learn the clove hitch. How does it go?",
    { name: "show_knot", arguments: { name: "clove hitch" } },
  ),
];

function tool(
  name: string,
  description: string,
  required: string[],
  properties: Record<string, JsonObject>,
): Tool {
  return { name, description, parameters: { type: "object", properties, required } };
}

function shot(tools: readonly Tool[], query: string, input: string, call: ToolCall): Shot {
  const output = [{ name: call.name, arguments: call.arguments }];
  return {
    seed: { tools, messages: [{ role: "user", content: query }] },
    reply: renderJson({ instruction: FUNCTION_CALLING, input, output }),
  };
}
