import type { ExpressionBuilder, Insertable, Kysely, Selectable } from "kysely";
import { sql } from "kysely";
import type { PlanPlace } from "../domain/units/plan-place.js";
import { hashSample, partitionOf } from "../domain/units/partition.js";
import type { PlannedUnit, UnitRole } from "../domain/units/unit.js";
import { chunkRows, keepLast } from "./chunk.js";
import type { Connection } from "./connection.js";
import type { Database } from "./schema.js";
import type { PendingOptions, PendingPage, PlacedUnit, Store } from "./store.js";

/** Columns of a planned unit. */
const COLUMNS = [
  ...(["units.unit_key", "units.sweep", "units.variant", "units.seed"] as const),
  ...(["units.dataset", "units.sample_key", "units.role", "units.position"] as const),
] as const;

/** Units from which on PostgreSQL counts a plan at once instead of by itself, some minutes later. */
const LARGE_PLAN = 10_000;

/** Rows that a page reads at once if it must drop some of them. */
const READ_SIZE = 1_000;

/** Queries over planned units. */
export function createUnitQueries(
  connection: Connection,
): Pick<
  Store,
  | "putUnits"
  | "listPendingUnits"
  | "pagePendingUnits"
  | "countPendingUnits"
  | "findLastPlace"
  | "countUnits"
  | "countPlannedSamples"
  | "listPlannedSamples"
> {
  return {
    async putUnits(units) {
      const rows = keepLast(units.map(toUnitRow), (row) => row.unit_key);
      for (const chunk of chunkRows(rows, 9)) {
        await connection.run((database) =>
          database
            .insertInto("units")
            .values(chunk)
            .onConflict((conflict) =>
              conflict
                .column("unit_key")
                .doUpdateSet((excluded) => ({
                  role: excluded.ref("excluded.role"),
                  position: excluded.ref("excluded.position"),
                  sample_hash: excluded.ref("excluded.sample_hash"),
                }))
                // A resumed sweep plans the same units again.
                .where((where) =>
                  where.or([
                    where("units.role", "<>", where.ref("excluded.role")),
                    where("units.position", "<>", where.ref("excluded.position")),
                    where("units.sample_hash", "is", null),
                  ]),
                ),
            )
            .execute(),
        );
      }
      // PostgreSQL reads pages of a plan that it knows nothing of by sorting all of it.
      if (rows.length >= LARGE_PLAN && connection.address.startsWith("postgres")) {
        await connection.run((database) => sql`analyze units`.execute(database));
      }
    },

    async listPendingUnits(sweep, options = {}) {
      const rows = await connection.run((database) =>
        selectPending(database, sweep, options)
          .select(COLUMNS)
          .orderBy("units.position")
          .orderBy("units.unit_key")
          .execute(),
      );
      return rows.map(fromUnitRow);
    },

    async pagePendingUnits(sweep, { after, limit, ...page }) {
      const found: PlacedUnit[] = [];
      let place = after;
      for (let size = limit; ; size = Math.max(READ_SIZE, limit)) {
        const read = await readPage(connection, sweep, { ...page, after: place, limit: size });
        found.push(...read.filter(({ unit }) => isOf(unit, page.partition)));
        const last = read.at(-1);
        if (found.length >= limit || last === undefined || read.length < size) break;
        ({ place } = last);
      }
      return found.slice(0, limit);
    },

    async countPendingUnits(sweep, options = {}) {
      const rows = await connection.run((database) =>
        selectPending(database, sweep, options)
          .select((select) => [
            ...(["units.role", "units.variant", "units.seed", "units.dataset"] as const),
            select.fn.countAll().as("count"),
          ])
          .groupBy(["units.role", "units.variant", "units.seed", "units.dataset"])
          .orderBy(sql`min(units.position)`)
          .execute(),
      );
      return rows.map(({ role, variant, seed, dataset, count }) => ({
        ...{ role: role as UnitRole, variant, seed, dataset },
        count: Number(count),
      }));
    },

    async findLastPlace(sweep) {
      const row = await connection.run((database) =>
        database
          .selectFrom("units")
          .select(["position", "unit_key"])
          .where("sweep", "=", sweep)
          .orderBy("position", "desc")
          .orderBy("unit_key", "desc")
          .limit(1)
          .executeTakeFirst(),
      );
      return row === undefined ? null : toPlace(row);
    },

    async listPlannedSamples(sweep, dataset) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("units")
          .select("sample_key")
          .distinct()
          .where("sweep", "=", sweep)
          .where("dataset", "=", dataset)
          .where("role", "=", "report")
          .orderBy("sample_key")
          .execute(),
      );
      return rows.map((row) => row.sample_key);
    },

    async countPlannedSamples(sweep) {
      const rows = await connection.run((database) =>
        database
          .selectFrom("units")
          .select((select) => ["dataset", select.fn.count("sample_key").distinct().as("count")])
          .where("sweep", "=", sweep)
          .where("role", "=", "report")
          .groupBy("dataset")
          .execute(),
      );
      return new Map(rows.map(({ dataset, count }) => [dataset, Number(count)]));
    },

    async countUnits(sweep, role) {
      const row = await connection.run((database) => {
        let query = database
          .selectFrom("units")
          .select((select) => select.fn.countAll().as("count"))
          .where("sweep", "=", sweep);
        if (role !== undefined) query = query.where("role", "=", role);
        return query.executeTakeFirstOrThrow();
      });
      return Number(row.count);
    },
  };
}

type UnitRow = Omit<Selectable<Database["units"]>, "sample_hash">;

/** A database row as a planned unit. */
export function fromUnitRow(row: UnitRow): PlannedUnit {
  return {
    key: row.unit_key,
    sweep: row.sweep,
    variant: row.variant,
    seed: row.seed,
    dataset: row.dataset,
    sampleKey: row.sample_key,
    role: row.role as UnitRole,
  };
}

/** A planned unit as a database row. */
export function toUnitRow(unit: PlannedUnit, position: number): Insertable<Database["units"]> {
  return {
    unit_key: unit.key,
    sweep: unit.sweep,
    variant: unit.variant,
    seed: unit.seed,
    dataset: unit.dataset,
    sample_key: unit.sampleKey,
    role: unit.role,
    position,
    sample_hash: hashSample(unit.sampleKey),
  };
}

/** The next rows of a page; of rows without a hash, those of other partitions, too. */
async function readPage(
  connection: Connection,
  sweep: string,
  { after, limit, partition, ...options }: PendingPage,
): Promise<PlacedUnit[]> {
  const rows = await connection.run((database) => {
    let query = selectPendingPage(database, sweep, options).select(COLUMNS);
    if (after !== null) {
      // A comparison of both columns at once lets both databases start in the index.
      query = query.where((where) =>
        where(
          where.refTuple("units.position", "units.unit_key"),
          ">",
          where.tuple(after.position, after.unitKey),
        ),
      );
    }
    if (partition !== undefined) {
      const { index, of } = partition;
      query = query.where((where) =>
        where.or([
          where("units.sample_hash", "is", null),
          // Equal, in a form of which PostgreSQL does not assume that hardly a row has it.
          where(sql<number>`abs(units.sample_hash % ${sql.lit(of)} - ${sql.lit(index)})`, "<", 1),
        ]),
      );
    }
    return query.orderBy("units.position").orderBy("units.unit_key").limit(limit).execute();
  });
  return rows.map((row) => ({ unit: fromUnitRow(row), place: toPlace(row) }));
}

function isOf({ sampleKey }: PlannedUnit, partition: PendingPage["partition"]): boolean {
  return partition === undefined || partitionOf(sampleKey, partition.of) === partition.index;
}

function toPlace(row: Pick<UnitRow, "position" | "unit_key">): PlanPlace {
  return { position: row.position, unitKey: row.unit_key };
}

/** Units without a row, or whose row is `failed` if that is asked for. */
function selectPending(database: Kysely<Database>, sweep: string, options: PendingOptions) {
  return selectUnits(database, sweep, options).where((unit) =>
    unit.not(unit.exists(selectDone(unit, options))),
  );
}

/**
 * The same units for a page, whose rows are to be read in the order of the index: PostgreSQL can neither turn the
 * condition into a join, which would read both tables, nor assume that hardly a unit meets it, and sort all of them.
 */
function selectPendingPage(database: Kysely<Database>, sweep: string, options: PendingOptions) {
  return selectUnits(database, sweep, options).where((unit) => {
    const done = selectDone(unit, options).limit(1);
    return unit(unit.fn.coalesce(done, sql<number>`0`), "<", 1);
  });
}

function selectUnits(
  database: Kysely<Database>,
  sweep: string,
  { role }: Pick<PendingOptions, "role">,
) {
  const query = database.selectFrom("units").where("units.sweep", "=", sweep);
  return role === undefined ? query : query.where("units.role", "=", role);
}

/** The row of a unit, unless it is one that leaves the unit pending. */
function selectDone(
  unit: ExpressionBuilder<Database, "units">,
  { includeFailed = false, failedBefore }: PendingOptions,
) {
  const row = unit
    .selectFrom("results")
    .select(sql<number>`1`.as("done"))
    .whereRef("results.unit_key", "=", "units.unit_key");
  if (!includeFailed) return row;
  return row.where((result) =>
    result.or([
      result("results.outcome", "<>", "failed"),
      ...(failedBefore === undefined ? [] : [result("results.started_at", ">=", failedBefore)]),
    ]),
  );
}
