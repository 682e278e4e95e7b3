import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FACETS } from "../../../models/tiny/recipe/facets.js";
import { Random } from "../../../models/tiny/recipe/random.js";
import { drawNoun, nounSplit } from "../../../models/tiny/recipe/words.js";
import { drawRequest, drawTools, drawVariation } from "../../../models/tiny/recipe/world.js";
import { getPromptStyle } from "../../../prompts/index.js";

interface TestRecord {
  readonly kind: "single" | "multi" | "none";
  readonly messages: readonly {
    readonly role: "user" | "assistant";
    readonly content: string | null;
    readonly tool_calls?: readonly {
      readonly function: { readonly name: string; readonly arguments: string };
    }[];
  }[];
  readonly tools: readonly {
    readonly function: {
      readonly name: string;
      readonly description: string;
      readonly parameters: {
        readonly type: "object";
        readonly properties: Readonly<Record<string, { readonly default?: string | number }>>;
        readonly required: readonly string[];
      };
    };
  }[];
}

interface PromptRecord {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly gold: readonly { readonly name: string }[];
}

function readLines<T>(path: string): T[] {
  const file = fileURLToPath(new URL(`../../../models/tiny/${path}`, import.meta.url));
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}

const RECORDS = readLines<TestRecord>("data/test.jsonl");
const PROMPTS = readLines<PromptRecord>("recipe/test-prompts.jsonl");

describe("the world", () => {
  it("is determined by the seed", () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      const tools = drawTools(random, "train");
      return JSON.stringify([tools, drawRequest(random, "train", tools)]);
    };
    expect(draw(3)).toBe(draw(3));
    expect(draw(3)).not.toBe(draw(4));
  });

  it("never draws a noun of the other split, and invents at least half of its nouns", () => {
    const random = new Random(1);
    const nouns = Array.from({ length: 400 }, () => drawNoun(random, "heldout"));
    expect(nouns.every((noun) => nounSplit(noun) === "heldout")).toBe(true);
    expect(new Set(nouns).size).toBeGreaterThan(200);
  });

  it("calls only offered tools, with values from the query", () => {
    const random = new Random(2);
    for (let round = 0; round < 300; round += 1) {
      const tools = drawTools(random, "train");
      const names = tools.map(({ tool }) => tool.name);
      expect(new Set(names).size).toBe(names.length);
      const seed = drawRequest(random, "train", tools);
      for (const request of [seed, drawVariation(random, "train", tools, seed)]) {
        for (const call of request.calls) {
          expect(names).toContain(call.name);
          for (const value of Object.values(call.arguments as Record<string, string | number>)) {
            expect(request.query).toContain(String(value));
          }
        }
      }
    }
  });
});

describe("the held-out records", () => {
  it("hold single, multiple and no calls in the stated shares", () => {
    const count = (kind: string) => RECORDS.filter((record) => record.kind === kind).length;
    expect(RECORDS.length).toBe(600);
    expect(count("multi")).toBeGreaterThan(48);
    expect(count("none")).toBeGreaterThan(40);
    expect(count("single")).toBeGreaterThan(400);
  });

  it("use only tools whose noun was never seen in training", () => {
    const facetWords = new Set(
      FACETS.flatMap(({ names }) => names.flatMap(([name]) => name.split("_"))),
    );
    for (const { tools } of RECORDS) {
      for (const { function: tool } of tools) {
        const [noun] = tool.name.split("_").filter((word) => !facetWords.has(word));
        expect(nounSplit(noun ?? "")).toBe("heldout");
      }
    }
  });

  it("have gold calls that match the schema of an offered tool", () => {
    for (const { messages, tools, kind } of RECORDS) {
      const calls = messages.at(-1)?.tool_calls ?? [];
      expect(calls.length).toBe({ none: 0, single: 1, multi: 2 }[kind]);
      for (const { function: call } of calls) {
        const schema = tools.find((tool) => tool.function.name === call.name)?.function.parameters;
        const keys = Object.keys(JSON.parse(call.arguments) as object);
        expect(Object.keys(schema?.properties ?? {})).toEqual(expect.arrayContaining(keys));
        expect(keys).toEqual(expect.arrayContaining([...(schema?.required ?? ["missing"])]));
      }
    }
  });

  it("are the prompts used to measure the accuracy", () => {
    const style = getPromptStyle("compact");
    RECORDS.forEach((record, row) => {
      const sample = {
        key: "k",
        dataset: "lookalike",
        row,
        messages: [{ role: "user" as const, content: record.messages[0]?.content ?? "" }],
        tools: record.tools.map((tool) => tool.function),
      };
      expect(style.answerMessages(sample)).toEqual(PROMPTS[row]?.messages);
    });
  });
});
