import { sql } from "kysely";
import type { ExpressionBuilder } from "kysely";
import { chunkRows } from "./chunk.js";
import type { Connection } from "./connection.js";
import { fromTableRow, toTableRow } from "./result-row.js";
import type { Database, ResultsTable } from "./schema.js";
import type { ResultFilter, ResultRow, Store, SweepCounts } from "./store.js";
import { compareTexts } from "../domain/text/compare-texts.js";

type ResultMethods = Pick<
  Store,
  | "putResult"
  | "getResult"
  | "findFinished"
  | "listResults"
  | "listResultKeys"
  | "streamRows"
  | "listEnds"
  | "countFlagged"
  | "streamResults"
  | "listUnadapted"
  | "countResults"
>;

/** Rows that one statement reads; each has a trace. */
const PAGE = 200;

/**
 * Columns that a later row of the same unit replaces; `attempt` is counted separately, and the key
 * never changes.
 */
const REPLACED = [
  "role",
  "outcome",
  "correct",
  "correct_strict",
  "calls",
  "verdict",
  "repaired",
  "margin",
  "uncertain",
  "adapted",
  "synthesis_status",
  "synthesis_attempts",
  "candidate_count",
  "error_code",
  "error_message",
  "started_at",
  "finished_at",
  "run_id",
  "tool_version",
  "engine_version",
  "trace",
] as const satisfies readonly (keyof ResultsTable)[];

/** Queries over results. */
export function createResultQueries(connection: Connection): ResultMethods {
  const listResultKeys: ResultMethods["listResultKeys"] = async (
    sweep,
    filter = {},
    order = "key",
  ) => {
    const rows = await connection.run((database) => {
      const query = database
        .selectFrom("results")
        .select(["results.unit_key", "results.dataset", "results.sample_key"])
        .where("results.sweep", "=", sweep)
        .where((where) => where.and(listConditions(where, filter)));
      if (order === "key") return query.execute();
      return query
        .leftJoin("units", "units.unit_key", "results.unit_key")
        .orderBy("units.position")
        .orderBy("results.unit_key")
        .execute();
    });
    const keys = rows.map((row) => ({
      unitKey: row.unit_key,
      dataset: row.dataset,
      sampleKey: row.sample_key,
    }));
    if (order === "plan") return keys;
    // Sorted here because the two databases collate text differently.
    return keys.sort((left, right) => compareTexts(left.unitKey, right.unitKey));
  };

  async function* streamRows(unitKeys: readonly string[]): AsyncGenerator<ResultRow> {
    for (let start = 0; start < unitKeys.length; start += PAGE) {
      const page = unitKeys.slice(start, start + PAGE);
      const rows = await connection.run((database) =>
        database.selectFrom("results").selectAll().where("unit_key", "in", page).execute(),
      );
      const found = new Map(rows.map((row) => [row.unit_key, row]));
      for (const key of page) {
        const row = found.get(key);
        if (row !== undefined) yield fromTableRow(row);
      }
    }
  }

  return {
    async putResult(row) {
      await connection.run((database) =>
        database
          .insertInto("results")
          .values(toTableRow(row))
          .onConflict((conflict) =>
            conflict
              .column("unit_key")
              .doUpdateSet((excluded) => ({
                ...Object.fromEntries(
                  REPLACED.map((column) => [column, excluded.ref(`excluded.${column}`)]),
                ),
                // A run that is recorded twice counts as one attempt; a different run adds one.
                attempt: sql<number>`case when results.run_id = excluded.run_id then results.attempt else results.attempt + 1 end`,
              }))
              // A late failure never replaces an answer.
              .where((where) =>
                where.or([
                  where("results.outcome", "=", "failed"),
                  where(sql.ref("excluded.outcome"), "<>", "failed"),
                ]),
              ),
          )
          .execute(),
      );
    },

    async getResult(unitKey) {
      const row = await connection.run((database) =>
        database
          .selectFrom("results")
          .selectAll()
          .where("unit_key", "=", unitKey)
          .executeTakeFirst(),
      );
      return row === undefined ? null : fromTableRow(row);
    },

    async findFinished(unitKeys) {
      const finished: string[] = [];
      for (const chunk of chunkRows(unitKeys, 1)) {
        const rows = await connection.run((database) =>
          database
            .selectFrom("results")
            .select("unit_key")
            .where("unit_key", "in", chunk)
            .execute(),
        );
        finished.push(...rows.map((row) => row.unit_key));
      }
      const found = new Set(finished);
      return unitKeys.filter((key) => found.has(key));
    },

    async listResults(sweep, filter = {}) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("results")
          .leftJoin("units", "units.unit_key", "results.unit_key")
          .selectAll("results")
          .where("results.sweep", "=", sweep)
          .where((where) => where.and(listConditions(where, filter)))
          .orderBy("units.position")
          .orderBy("results.unit_key")
          .execute(),
      );
      return rows.map(fromTableRow);
    },

    listResultKeys,
    streamRows,

    async *streamResults(sweep, filter = {}) {
      const keys = await listResultKeys(sweep, filter);
      yield* streamRows(keys.map(({ unitKey }) => unitKey));
    },

    async listEnds(sweep) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("results")
          .select("finished_at")
          .where("sweep", "=", sweep)
          .where("outcome", "<>", "failed")
          .execute(),
      );
      return rows.map((row) => row.finished_at);
    },

    async countFlagged(sweep) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("results")
          .select((select) => [
            ...(["variant", "dataset"] as const),
            select.fn.countAll().as("judged"),
            sql<number | string>`sum(uncertain)`.as("flagged"),
          ])
          .where("sweep", "=", sweep)
          .where("role", "=", "report")
          .where("uncertain", "is not", null)
          .groupBy(["variant", "dataset"])
          .execute(),
      );
      return rows.map(({ variant, dataset, judged, flagged }) => ({
        ...{ variant, dataset, judged: Number(judged), flagged: Number(flagged) },
      }));
    },

    async listUnadapted(sweep, { offset, limit }) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("results")
          .selectAll()
          .where("sweep", "=", sweep)
          .where("adapted", "=", 0)
          .where("outcome", "<>", "failed")
          .orderBy("finished_at")
          .orderBy("unit_key")
          .limit(limit)
          .offset(offset)
          .execute(),
      );
      return rows.map(fromTableRow);
    },

    async countResults(sweep) {
      return connection.run(async (database): Promise<SweepCounts> => {
        const planned = await database
          .selectFrom("units")
          .select((select) => select.fn.countAll().as("count"))
          .where("sweep", "=", sweep)
          .executeTakeFirstOrThrow();
        const counts = await database
          .selectFrom("results")
          .select([
            sql<number | string | null>`sum(case when outcome = 'scored' then 1 else 0 end)`.as(
              "scored",
            ),
            sql<number | string | null>`sum(case when outcome = 'unparsable' then 1 else 0 end)`.as(
              "unparsable",
            ),
            sql<number | string | null>`sum(case when outcome = 'failed' then 1 else 0 end)`.as(
              "failed",
            ),
            sql<number | string | null>`sum(uncertain)`.as("uncertain"),
            sql<number | string | null>`sum(adapted)`.as("adapted"),
            sql<number | string | null>`sum(correct)`.as("correct"),
          ])
          .where("sweep", "=", sweep)
          .executeTakeFirstOrThrow();
        return {
          planned: Number(planned.count),
          scored: Number(counts.scored),
          unparsable: Number(counts.unparsable),
          failed: Number(counts.failed),
          uncertain: Number(counts.uncertain),
          adapted: Number(counts.adapted),
          correct: Number(counts.correct),
        };
      });
    },
  };
}

type ResultWhere = ExpressionBuilder<Database, "results">;

function listConditions(where: ResultWhere, filter: ResultFilter) {
  const conditions = [];
  if (filter.variant !== undefined) {
    conditions.push(where("results.variant", "=", filter.variant));
  }
  if (filter.seed !== undefined) conditions.push(where("results.seed", "=", filter.seed));
  if (filter.dataset !== undefined) {
    conditions.push(where("results.dataset", "=", filter.dataset));
  }
  if (filter.sampleKey !== undefined) {
    conditions.push(where("results.sample_key", "=", filter.sampleKey));
  }
  if (filter.role !== undefined) conditions.push(where("results.role", "=", filter.role));
  if (filter.failed !== undefined) {
    conditions.push(where("results.outcome", filter.failed ? "=" : "<>", "failed"));
  }
  if (filter.uncertain !== undefined) {
    conditions.push(where("results.uncertain", "=", filter.uncertain ? 1 : 0));
  }
  if (filter.adapted !== undefined) {
    conditions.push(where("results.adapted", "=", filter.adapted ? 1 : 0));
  }
  if (filter.wrong !== undefined) {
    conditions.push(where("results.correct", "=", filter.wrong ? 0 : 1));
  }
  return conditions;
}
