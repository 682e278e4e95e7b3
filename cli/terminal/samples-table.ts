import type { Printable } from "../../domain/text/span.js";
import { describeAnswer } from "../../report/text/describe-answer.js";
import { paintVerdict } from "../../report/text/describe-verdict.js";
import type { ResultRow } from "../../store/store.js";
import { formatColumns, shorten } from "./format.js";

/** Most characters of a verdict, and of an answer. */
const VERDICT = 40;
const ANSWER = 70;

/** Fewest characters of an answer on a narrow terminal; without room for them, the verdict is shortened. */
const LEAST_ANSWER = 16;

const HEADS = ["sample", "data", "variant", "seed", "margin", "flag", "by"];

/** What a line shows of one unit. */
export interface SampleLine extends Omit<ResultRow, "calls" | "trace"> {
  /** The answer or the error, shortened. */
  readonly answer: string;
}

/** Keeps of a row what its line shows: the traces of a large sweep do not fit into memory. */
export function toSampleLine({ calls, trace, ...row }: ResultRow): SampleLine {
  return {
    ...row,
    errorMessage: null,
    answer: shorten(row.errorMessage ?? describeAnswer({ calls, trace }), ANSWER),
  };
}

/**
 * One line per unit, verdicts in color. On a terminal of `width` columns, columns that say the same in all rows go,
 * and what is left of the line is the verdict's and the answer's.
 */
export function renderSamplesTable(rows: readonly SampleLine[], width: number | null): Printable[] {
  const facts = rows.map((row) => [
    row.sampleKey,
    row.dataset,
    row.variant,
    String(row.seed),
    row.margin === null ? "-" : row.margin.toFixed(3),
    row.uncertain === null ? "-" : row.uncertain ? "uncertain" : "certain",
    row.adapted ? "adapted" : "base",
  ]);
  const kept = HEADS.map((_, column) => column).filter(
    (column) =>
      width === null || column === 0 || new Set(facts.map((cells) => cells[column])).size > 1,
  );
  const pick = (cells: readonly string[]) => kept.map((column) => cells[column] ?? "");
  const right = ["seed", "margin"].map((head) => kept.indexOf(HEADS.indexOf(head)));
  const left = formatColumns(
    [...pick(HEADS), ""],
    facts.map(pick).map((cells) => [...cells, "|"]),
    right,
  );
  const start = (left[1] ?? "").length - 1;
  const room = width === null ? Number.POSITIVE_INFINITY : width - start - 2;
  const verdictRoom = Math.max(8, Math.min(VERDICT, room - LEAST_ANSWER));
  const verdicts = rows.map((row) => paintVerdict(row, (text) => shorten(text, verdictRoom)));
  const column = Math.max("verdict".length, ...verdicts.map(({ text }) => text.length));
  const answerRoom = Math.max(1, Math.min(ANSWER, room - column));
  const [head = "", ...lines] = left;
  return [
    `${head.padEnd(start)}${"verdict".padEnd(column)}  answer`,
    ...rows.map((row, index) => {
      const verdict = verdicts[index] ?? { text: "" };
      const answer = shorten(row.answer, answerRoom);
      return [
        { text: (lines[index] ?? "").slice(0, start) },
        verdict,
        { text: `${" ".repeat(column - verdict.text.length)}  ${answer}`.trimEnd() },
      ];
    }),
  ];
}
