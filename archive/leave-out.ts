import type { GoldSample } from "../domain/samples/sample.js";
import { listTexts, plainCalls, QuoteFinder } from "./quotes.js";
import type { Quote, QuotedText } from "./quotes.js";

/** In place of a text that could not be rebuilt. */
const LEFT_OUT = "[left out]";

/** Keys of the objects that stand for texts of the data. */
const MARKS = ["$quotes", "$tool", "$gold"] as const;
const MARK = /^\$+(?:quotes|tool|gold)$/;

/** What a value is, because some are shorter than the shortest quote and still the data's. */
type Place =
  | "any"
  /** Scores of candidates: their names are the sample's tools. */
  | "candidates"
  /** Labeled examples: query and calls are a record's. */
  | "labels";

/** Replaces what a value quotes from samples by its place there; `restoreTexts` undoes it. */
export function leaveOutTexts(
  value: unknown,
  samples: readonly GoldSample[],
  place: Place = "any",
): unknown {
  return replace(value, new QuoteFinder(samples), place);
}

function replace(value: unknown, finder: QuoteFinder, place: Place): unknown {
  if (typeof value === "string") {
    const quotes =
      (place === "labels" ? finder.findWhole(value) : null) ?? finder.findQuotes(value);
    return quotes === null ? value : { $quotes: quotes };
  }
  if (Array.isArray(value)) return value.map((item) => replace(item, finder, place));
  if (!(value instanceof Object)) return value;
  return fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = MARK.test(key) ? `$${key}` : key;
      return [name, replaceMember(key, member, finder, place)];
    }),
  );
}

function replaceMember(key: string, member: unknown, finder: QuoteFinder, place: Place): unknown {
  if (place === "candidates" && key === "name" && typeof member === "string") {
    const tool = finder.findTool(member);
    if (tool !== null) return { $tool: tool };
  }
  if (place === "labels" && (key === "output" || key === "calls")) {
    const sample = finder.findGold(member);
    if (sample !== -1) return { $gold: sample };
  }
  const inner = key === "candidates" ? key : key === "demonstrations" ? "labels" : place;
  return replace(member, finder, inner);
}

/** Puts the texts back. A sample that is null could not be rebuilt; its texts become `LEFT_OUT`. */
export function restoreTexts(value: unknown, samples: readonly (GoldSample | null)[]): unknown {
  if (Array.isArray(value)) return value.map((item) => restoreTexts(item, samples));
  if (!(value instanceof Object)) return value;
  const entries: [string, unknown][] = Object.entries(value);
  const [key, mark] = entries[0] ?? ["", null];
  if (entries.length === 1 && MARKS.some((each) => each === key)) {
    return restoreMark(key, mark, samples);
  }
  return fromEntries(
    entries.map(([name, member]) => [
      MARK.test(name) ? name.slice(1) : name,
      restoreTexts(member, samples),
    ]),
  );
}

function restoreMark(key: string, mark: unknown, samples: readonly (GoldSample | null)[]): unknown {
  if (key === "$gold") {
    const sample = samples[mark as number];
    return sample ? plainCalls(sample.gold) : [];
  }
  if (!Array.isArray(mark)) return LEFT_OUT;
  if (key === "$tool") {
    const [number, tool] = mark as unknown as readonly [number, number];
    return samples[number]?.sample.tools[tool]?.name ?? LEFT_OUT;
  }
  return (mark as unknown as QuotedText)
    .map((piece) => (typeof piece === "string" ? piece : readQuote(piece, samples)))
    .join("");
}

function readQuote(
  [sample, text, start, length]: Quote,
  samples: readonly (GoldSample | null)[],
): string {
  const source = samples[sample];
  if (!source) return LEFT_OUT;
  return (listTexts(source)[text] ?? "").slice(start, start + length);
}

/** Like Object.fromEntries, and keeps a key named __proto__ a key. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const result = {};
  for (const [key, value] of entries) {
    Object.defineProperty(result, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}
