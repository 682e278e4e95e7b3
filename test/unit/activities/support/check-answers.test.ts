import { afterEach, beforeEach, expect, test } from "vitest";
import { checkAnswers } from "../../../../activities/support/check-answers.js";
import { openStore } from "../../../../store/open-store.js";
import type { ResultRow, Store } from "../../../../store/store.js";
import { makeFailure, makeResult, makeSweep, makeUnit } from "../../store/fixtures.js";

let store: Store;

beforeEach(async () => {
  store = await openStore("sqlite::memory:");
  await store.createSweep(makeSweep());
});

afterEach(() => store.close());

/** Stores the answer to sample `row`, finished as many seconds after the start as its number. */
async function answer(row: number, text: string | null, changes: Partial<ResultRow> = {}) {
  const variant = changes.variant ?? "base";
  const texts = [text ?? "[]"];
  await store.putResult(
    makeResult(makeUnit(row, { variant }), {
      outcome: text === null ? "scored" : "unparsable",
      adapted: false,
      finishedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, row)).toISOString(),
      trace: {
        answer: { from: "base", texts, promptTokens: 1, completionTokens: 1 },
        timings: [],
      },
      ...changes,
    }),
  );
}

test("ten unreadable of the first twenty are too many; two are quoted, shortened and escaped", async () => {
  for (let row = 0; row < 19; row += 1) {
    await answer(row, row % 2 === 0 ? `Sure!\n\u001b[31m ${"x".repeat(200)}` : null);
  }
  expect(await checkAnswers(store, "trial")).toEqual({ isKnown: false, reason: null });
  await answer(19, null);
  const quoted = `"Sure! \\x1b[31m ${"x".repeat(102)}..."`;
  expect(await checkAnswers(store, "trial")).toEqual({
    isKnown: true,
    reason: `ANSWERS_UNREADABLE: 10 of the first 20 answers of the base model could not be read as calls: ${quoted} and ${quoted}.`,
  });
});

test("nine of the first twenty are not too many, regardless of later answers", async () => {
  for (let row = 0; row < 60; row += 1) await answer(row, row < 11 ? null : "");
  expect(await checkAnswers(store, "trial")).toEqual({ isKnown: true, reason: null });
});

test("only the base model's own answers count, each sample once", async () => {
  const trace = (of: Partial<ResultRow["trace"]>): Partial<ResultRow> => ({
    trace: {
      answer: { from: "base", texts: [""], promptTokens: 1, completionTokens: 1 },
      timings: [],
      ...of,
    },
  });
  const forced = {
    from: "base",
    texts: [""],
    promptTokens: 1,
    completionTokens: 1,
    forcedName: "a",
  } as const;
  for (let row = 0; row < 20; row += 1) {
    await answer(row, "", { variant: "forced", ...trace({ answer: forced }) });
    await answer(row, "", { variant: "shown", ...trace({ demonstrations: [] }) });
    await answer(row, "", {
      variant: "icl",
      ...trace({ synthesis: { status: "ok", pairs: [], attempts: [] } }),
    });
    await answer(row, "", { variant: "adapted", adapted: true });
    await store.putResult(makeFailure(makeUnit(row, { variant: "failed" })));
    if (row < 19)
      for (const variant of ["base", "tt-si", "tau"]) await answer(row, "", { variant });
  }
  expect(await checkAnswers(store, "trial")).toEqual({ isKnown: false, reason: null });
  await answer(19, null, {
    variant: "exhausted",
    ...trace({ synthesis: { status: "exhausted", pairs: [], attempts: [] } }),
  });
  const { reason } = await checkAnswers(store, "trial");
  expect(reason).toBe(
    "ANSWERS_UNREADABLE: 19 of the first 20 answers of the base model could not be read as calls: an empty text and an empty text.",
  );
});
