import { oneLine } from "../../domain/text/one-line.js";
import type { AnswersCheck } from "../../contracts/steps/check-answers.js";
import { showControls } from "../../domain/text/control-characters.js";
import { shortenText } from "../../domain/text/cut-text.js";
import { areUnreadable, FIRST_ANSWERS, isBaseAnswer } from "../../domain/units/base-answers.js";
import type { ResultRow, Store } from "../../store/store.js";

/** Number of unreadable answers to quote, and the length of each quotation. */
const EXAMPLES = 2;
const EXAMPLE_LENGTH = 120;

/** Rows per read. */
const PAGE_SIZE = 100;

/** Checks a sweep's first stored answers of the base model, in order of completion. */
export async function checkAnswers(store: Store, sweep: string): Promise<AnswersCheck> {
  const first = await listFirstAnswers(store, sweep);
  if (first.length < FIRST_ANSWERS) return { isKnown: false, reason: null };
  const bad = first.filter(({ outcome }) => outcome === "unparsable");
  const counts = { answered: first.length, unreadable: bad.length };
  if (!areUnreadable(counts)) return { isKnown: true, reason: null };
  const examples = bad.slice(0, EXAMPLES).map(quoteAnswer).join(" and ");
  const reason = `${bad.length} of the first ${first.length} answers of the base model could not be read as calls: ${examples}.`;
  return { isKnown: true, reason: `ANSWERS_UNREADABLE: ${reason}` };
}

/** Reads at most `FIRST_ANSWERS` rows, one per answer that variants share. */
async function listFirstAnswers(store: Store, sweep: string): Promise<ResultRow[]> {
  const first = new Map<string, ResultRow>();
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const page = await store.listUnadapted(sweep, { offset, limit: PAGE_SIZE });
    for (const row of page) {
      const answer = `${row.seed}/${row.dataset}/${row.sampleKey}`;
      if (isBaseAnswer(row.trace) && !first.has(answer)) first.set(answer, row);
      if (first.size === FIRST_ANSWERS) return [...first.values()];
    }
    if (page.length < PAGE_SIZE) return [...first.values()];
  }
}

function quoteAnswer({ trace }: ResultRow): string {
  const line = oneLine(trace.answer?.texts[0] ?? "");
  return line === "" ? "an empty text" : `"${shortenText(showControls(line), EXAMPLE_LENGTH)}"`;
}
