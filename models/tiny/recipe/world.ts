import type { JsonObject, JsonValue } from "../../../domain/json/value.js";
import type { Tool } from "../../../domain/samples/sample.js";
import type { ToolCall } from "../../../domain/samples/tool-call.js";
import { FACETS, type Facet, type FacetArgument } from "./facets.js";
import type { Random } from "./random.js";
import {
  drawColor,
  drawDate,
  drawEntity,
  drawNoun,
  drawPerson,
  drawPlace,
  inventWord,
} from "./words.js";
import type { Split } from "./words.js";

/** A tool with its facet and noun. */
export interface WorldTool {
  readonly tool: Tool;
  readonly facet: Facet;
  readonly noun: string;
}

/** A user request and the calls that answer it. */
export interface WorldRequest {
  readonly kind: "single" | "multi" | "none";
  readonly query: string;
  readonly calls: readonly ToolCall[];
  /** The parts of the request, for drawing a similar one. */
  readonly parts: readonly { readonly tool: WorldTool; readonly wording: string }[];
}

/** Shares of request kinds; the rest is single-call. */
const MULTI_SHARE = 0.12;
const NONE_SHARE = 0.1;
const OPTIONAL_SHARE = 0.35;

const SMALL_TALK = [
  "Hello, how are you",
  "Thanks, that is all",
  "Tell me a joke",
  "Write a poem about the {n}",
  "Good morning",
  "What is two plus two",
  "Do you like the {n} {1}",
  "Say hello to {1}",
] as const;

const GREETINGS = ["", "", "", "Please: ", "Hello. ", "Now: "] as const;
const JOINTS = [". Also: ", " and then: ", "; "] as const;

/** Draws three to five look-alike tools in random order: most on one noun, most of one cluster. */
export function drawTools(random: Random, split: Split): WorldTool[] {
  const noun = drawNoun(random, split);
  const count = random.pick([3, 4, 4, 5]);
  const first = random.pick(FACETS);
  const siblings = random.shuffle(FACETS.filter((facet) => facet.cluster === first.cluster));
  const strangers = random.shuffle(FACETS.filter((facet) => facet.cluster !== first.cluster));
  const chosen = siblings.slice(0, random.integer(2, Math.min(4, count)));
  if (random.chance(0.25)) {
    chosen.push(inventFacet(random), inventFacet(random));
  }
  chosen.push(...strangers);
  const tools = chosen.slice(0, count).map((facet) => bindFacet(random, facet, noun));
  const lookAlike = tools[0];
  if (lookAlike !== undefined && random.chance(0.2)) {
    // The same facet on another noun: only the noun distinguishes them.
    tools[tools.length - 1] = bindFacet(random, lookAlike.facet, drawNoun(random, split));
  }
  return random.shuffle(tools);
}

/** Draws a request that these tools can answer, or one that none of them can. */
export function drawRequest(
  random: Random,
  split: Split,
  tools: readonly WorldTool[],
): WorldRequest {
  const kind = random.next();
  if (kind < NONE_SHARE) {
    return drawUnanswerable(random, split, tools);
  }
  const count = kind < NONE_SHARE + MULTI_SHARE ? 2 : 1;
  const parts = Array.from({ length: count }, () => {
    const tool = random.pick(tools);
    return { tool, wording: drawWording(random, split, tool.facet) };
  });
  return phrase(random, parts);
}

/**
 * Draws a request that resembles `seed`: usually the same tools, often the same wording, always new
 * values.
 */
export function drawVariation(
  random: Random,
  split: Split,
  tools: readonly WorldTool[],
  seed: WorldRequest,
): WorldRequest {
  if (seed.kind === "none") {
    return drawUnanswerable(random, split, tools);
  }
  const parts = seed.parts.map((part) => {
    const tool = random.chance(0.9) ? part.tool : random.pick(tools);
    const keep = tool === part.tool && random.chance(0.5);
    return { tool, wording: keep ? part.wording : drawWording(random, split, tool.facet) };
  });
  return phrase(random, parts);
}

/** Training rarely uses rare wordings; held-out requests draw all wordings uniformly. */
function drawWording(random: Random, split: Split, facet: Facet): string {
  return split === "train" ? random.pickSkewed(facet.wordings) : random.pick(facet.wordings);
}

/** Small talk, or a request about the same noun for an action outside the tools' clusters. */
function drawUnanswerable(random: Random, split: Split, tools: readonly WorldTool[]): WorldRequest {
  const noun = random.pick(tools).noun;
  if (random.chance(0.5)) {
    const text = random.pick(SMALL_TALK).replace("{n}", noun).replace("{1}", drawEntity(random));
    return { kind: "none", query: random.pick(GREETINGS) + text, calls: [], parts: [] };
  }
  const clusters = new Set(tools.map((tool) => tool.facet.cluster));
  const facet = random.pick(FACETS.filter((candidate) => !clusters.has(candidate.cluster)));
  const part = { tool: bindFacet(random, facet, noun), wording: drawWording(random, split, facet) };
  return { ...phrase(random, [part]), kind: "none", calls: [], parts: [] };
}

function phrase(random: Random, parts: WorldRequest["parts"]): WorldRequest {
  const clauses = parts.map(({ tool, wording }) => phraseOne(random, tool, wording));
  const texts = clauses.map((clause) => clause.text).join(random.pick(JOINTS));
  return {
    kind: parts.length > 1 ? "multi" : "single",
    query: random.pick(GREETINGS) + texts,
    calls: clauses.map((clause) => clause.call),
    parts,
  };
}

function phraseOne(random: Random, { tool, facet, noun }: WorldTool, wording: string) {
  let text = wording.replace("{n}", noun);
  let position = 0;
  const values: Record<string, JsonValue> = {};
  for (const argument of facet.arguments) {
    if (argument.optional === undefined) {
      const value = drawValue(random, argument);
      position += 1;
      text = text.replace(`{${position}}`, String(value));
      values[argument.key] = value;
    } else if (random.chance(OPTIONAL_SHARE)) {
      const value = drawValue(random, argument);
      text += argument.optional.phrase.replace("{}", String(value));
      values[argument.key] = value;
    }
  }
  return { text, call: { name: tool.name, arguments: values } };
}

function drawValue(random: Random, argument: FacetArgument): string | number {
  switch (argument.kind) {
    case "entity":
      return drawEntity(random);
    case "person":
      return drawPerson(random);
    case "place":
      return drawPlace(random);
    case "color":
      return drawColor(random);
    case "date":
      return drawDate(random);
    case "count":
      return random.integer(2, 99);
    case "unit": {
      // The default is never stated; only the other units are named.
      const named = (argument.values ?? []).filter(
        (value) => value !== argument.optional?.fallback,
      );
      return random.pick(named);
    }
  }
}

/** A facet with an invented word, which only letter matching can solve. */
function inventFacet(random: Random): Facet {
  const word = inventWord(random);
  return {
    cluster: `invented-${word}`,
    names: [[`get_{n}_${word}`, `The ${word} of a {n}`]],
    arguments: [{ key: "name", kind: "entity" }],
    wordings: [
      `What is the ${word} of the {n} {1}`,
      `Show the {n} {1} and its ${word}`,
      `${word} for {n} {1}`,
    ],
  };
}

function bindFacet(random: Random, facet: Facet, noun: string): WorldTool {
  const [name, description] = random.pick(facet.names);
  return {
    facet,
    noun,
    tool: {
      name: name.replace("{n}", noun),
      description: description.replace("{n}", noun),
      parameters: {
        type: "object",
        properties: Object.fromEntries(
          facet.arguments.map((argument) => [argument.key, argumentSchema(argument)]),
        ),
        required: facet.arguments
          .filter(({ optional }) => optional === undefined)
          .map(({ key }) => key),
      },
    },
  };
}

function argumentSchema(argument: FacetArgument): JsonObject {
  return {
    type: argument.kind === "count" ? "integer" : "string",
    ...(argument.values === undefined ? {} : { enum: argument.values }),
    ...(argument.optional === undefined ? {} : { default: argument.optional.fallback }),
  };
}
