import { canonicalJson } from "../domain/json/canonical.js";
import type { Gold, GoldSample } from "../domain/samples/sample.js";
import type { ToolCall } from "../domain/samples/tool-call.js";

/** Shortest run of characters of a sample that is replaced by its place in the sample. */
export const SHORTEST_QUOTE = 32;

/** A run of half the shortest quote's length starts at every multiple of this in each indexed text. */
const STRIDE = SHORTEST_QUOTE / 2;

/** A run of characters: number of the sample, number of its text, first character, length. */
export type Quote = readonly [sample: number, text: number, start: number, length: number];

/** A text in which quotes are replaced by their places. */
export type QuotedText = readonly (string | Quote)[];

const listed = new WeakMap<GoldSample, readonly string[]>();

/** Every text of a sample and its gold, in an order that depends on the content alone. */
export function listTexts(of: GoldSample): readonly string[] {
  const texts = listed.get(of) ?? collectTexts(of);
  listed.set(of, texts);
  return texts;
}

function collectTexts({ sample, gold }: GoldSample): string[] {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (value instanceof Object) {
      for (const [, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
        walk(member);
      }
    }
  };
  walk([sample.messages.map(({ content }) => content), sample.tools, gold]);
  return texts;
}

/** The gold calls as a model would write them. */
export function plainCalls({ calls }: Gold): ToolCall[] {
  return calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
}

/** Finds what texts quote from some samples. */
export class QuoteFinder {
  readonly samples: readonly GoldSample[];
  readonly #texts: readonly (readonly string[])[];
  /** Places of the runs of `STRIDE` characters. */
  readonly #places = new Map<string, [number, number, number][]>();
  readonly #golds: readonly string[];

  constructor(samples: readonly GoldSample[]) {
    this.samples = samples;
    this.#texts = samples.map(listTexts);
    this.#golds = samples.map(({ gold }) => canonicalJson(plainCalls(gold)));
    this.#texts.forEach((texts, sample) => {
      texts.forEach((text, number) => {
        for (let at = 0; at + STRIDE <= text.length; at += STRIDE) {
          const run = text.slice(at, at + STRIDE);
          const places = this.#places.get(run) ?? [];
          places.push([sample, number, at]);
          this.#places.set(run, places);
        }
      });
    });
  }

  /** Replaces every run of `SHORTEST_QUOTE` characters or more; null if there is none. */
  findQuotes(text: string): QuotedText | null {
    const pieces: (string | Quote)[] = [];
    let done = 0;
    for (let at = 0; at + STRIDE <= text.length; at += 1) {
      const places = this.#places.get(text.slice(at, at + STRIDE)) ?? [];
      let longest: { from: number; quote: Quote } | null = null;
      for (const [sample, number, place] of places) {
        const source = this.#texts[sample]?.[number] ?? "";
        let before = 0;
        while (
          at - before > done &&
          place > before &&
          text[at - before - 1] === source[place - before - 1]
        ) {
          before += 1;
        }
        let after = STRIDE;
        while (
          at + after < text.length &&
          place + after < source.length &&
          text[at + after] === source[place + after]
        ) {
          after += 1;
        }
        const length = before + after;
        if (length < SHORTEST_QUOTE || length <= (longest?.quote[3] ?? 0)) continue;
        longest = { from: at - before, quote: [sample, number, place - before, length] };
      }
      if (longest === null) continue;
      if (longest.from > done) pieces.push(text.slice(done, longest.from));
      pieces.push(longest.quote);
      done = longest.from + longest.quote[3];
      at = done - 1;
    }
    if (pieces.length === 0) return null;
    if (done < text.length) pieces.push(text.slice(done));
    return pieces;
  }

  /** The whole of a sample's text that equals this one; null if none does. */
  findWhole(text: string): QuotedText | null {
    for (const [sample, texts] of this.#texts.entries()) {
      const number = texts.indexOf(text);
      if (number !== -1 && text !== "") return [[sample, number, 0, text.length]];
    }
    return null;
  }

  /** The sample and the number of its tool with this name; null if none has it. */
  findTool(name: string): readonly [sample: number, tool: number] | null {
    for (const [sample, { sample: each }] of this.samples.entries()) {
      const tool = each.tools.findIndex((candidate) => candidate.name === name);
      if (tool !== -1) return [sample, tool];
    }
    return null;
  }

  /** Number of the sample whose gold is these calls; -1 if none is. */
  findGold(calls: unknown): number {
    return this.#golds.indexOf(canonicalJson(calls));
  }
}
