import fc from "fast-check";
import { deriveBaseSeed, deriveSeed } from "../../../domain/identity/seeds.js";
import type { ResultRow, Store } from "../../../store/store.js";
import {
  makeFailure,
  makeResult,
  makeSample,
  makeSampleKey,
  makeSweep,
  makeUnit,
} from "../store/fixtures.js";

/** What a sweep of `fillStore` looks like. */
export interface FullSweep {
  readonly samples: number;
  /** Rows of these samples, in order; fewer than samples: a half-done sweep. */
  readonly rows: readonly Partial<ResultRow>[];
  readonly status: "planned" | "running" | "finished" | "stopped";
}

/** A text with characters that databases, gzip or JSON could change. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom("\\u0000", "it's \ud83d\ude00", 'a "quoted"\nline\u2028', "\u007f\u0085"),
);

const row: fc.Arbitrary<Partial<ResultRow>> = fc.record(
  {
    outcome: fc.constantFrom("scored", "unparsable", "failed"),
    correct: fc.option(fc.boolean()),
    margin: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    uncertain: fc.option(fc.boolean()),
    calls: fc.array(
      fc.record({
        name: text,
        arguments: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 })),
      }),
      { maxLength: 2 },
    ) as fc.Arbitrary<ResultRow["calls"]>,
    verdict: text,
    errorMessage: fc.option(text),
  },
  { requiredKeys: [] },
);

/** Sweeps of up to 12 samples, with rows for some of them. */
export const fullSweeps: fc.Arbitrary<FullSweep> = fc
  .record({
    samples: fc.integer({ min: 1, max: 12 }),
    rows: fc.array(row, { maxLength: 12 }),
    status: fc.constantFrom("planned", "finished", "stopped"),
  })
  .map((sweep) => ({ ...sweep, rows: sweep.rows.slice(0, sweep.samples) }));

/** Writes a sweep with every kind of row into a store. */
export async function fillStore(store: Store, full: FullSweep): Promise<void> {
  const keys = Array.from({ length: full.samples }, (_, index) => index);
  await store.putSamples(
    "lookalike",
    "content-1",
    keys.map((key) => makeSample(key)),
  );
  await store.putSamples("split-0123abcd", "content-2", [makeSample(100)]);
  await store.createSweep(
    makeSweep({
      status: full.status,
      provenance: { model: { fingerprint: "model-1" }, splits: { split: "split-0123abcd" } },
    }),
  );
  const units = keys.map((key) => makeUnit(key));
  await store.putUnits(units);
  await store.putThreshold({
    sweep: "trial",
    variant: "tt-si",
    seed: 0,
    tau: 0.1 + 0.2,
    details: { n: 3 },
  });
  for (const [index, changes] of full.rows.entries()) {
    const unit = units[index]!;
    await store.putResult(
      changes.outcome === "failed" ? makeFailure(unit, changes) : makeResult(unit, changes),
    );
    await store.putStep({
      key: hexKey(index),
      kind: "synthesize",
      value: { pair: null, attempts: [] },
      originUnit: unit.key,
    });
    await store.recordSynthesisAttempt(hexKey(index), makeAttempt(index));
  }
}

/** A step key of 64 hex digits. */
export function hexKey(number: number): string {
  return number.toString(16).padStart(64, "0");
}

/** A failed first draw of a sample's first pair, with its real seed. */
export function makeAttempt(row: number) {
  return {
    k: 0,
    attempt: 1,
    seed: deriveSeed(deriveBaseSeed(0), makeSampleKey(row), "synthesize", 0, 1),
    reason: "not-json",
    excerpt: "{",
    worker: "w",
    computeMs: 5,
  };
}

/** Every part of a sweep, as `readSweep` yields them. */
export async function listParts(store: Store, sweep = "trial"): Promise<unknown[]> {
  const parts: unknown[] = [];
  for await (const part of store.readSweep(sweep)) parts.push(part);
  return parts;
}
