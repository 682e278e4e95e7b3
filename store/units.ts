import type { Insertable, Kysely, Selectable } from "kysely";
import type { PlannedUnit, UnitRole } from "../domain/units/unit.js";
import { chunkRows, keepLast } from "./chunk.js";
import type { Connection } from "./connection.js";
import type { Database } from "./schema.js";
import type { PendingOptions, Store } from "./store.js";

/** Queries over planned units. */
export function createUnitQueries(
  connection: Connection,
): Pick<
  Store,
  | "putUnits"
  | "listPendingUnits"
  | "pagePendingUnits"
  | "countUnits"
  | "countPlannedSamples"
  | "listPlannedSamples"
> {
  return {
    async putUnits(units) {
      const rows = keepLast(units.map(toUnitRow), (row) => row.unit_key);
      for (const chunk of chunkRows(rows, 8)) {
        await connection.run((database) =>
          database
            .insertInto("units")
            .values(chunk)
            .onConflict((conflict) =>
              conflict.column("unit_key").doUpdateSet((excluded) => ({
                role: excluded.ref("excluded.role"),
                position: excluded.ref("excluded.position"),
              })),
            )
            .execute(),
        );
      }
    },

    async listPendingUnits(sweep, options = {}) {
      const rows = await connection.run((database) =>
        selectPending(database, sweep, options).execute(),
      );
      return rows.map(fromUnitRow);
    },

    async pagePendingUnits(sweep, { after, limit, ...options }) {
      const rows = await connection.run((database) => {
        const query = selectPending(database, sweep, options).limit(limit);
        if (after === null) return query.execute();
        // The first condition alone lets both databases start in the index.
        return query
          .where("units.position", ">=", after.position)
          .where((where) =>
            where.or([
              where("units.position", ">", after.position),
              where("units.unit_key", ">", after.unitKey),
            ]),
          )
          .execute();
      });
      return rows.map((row) => ({
        unit: fromUnitRow(row),
        place: { position: row.position, unitKey: row.unit_key },
      }));
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

/** A database row as a planned unit. */
export function fromUnitRow(row: Selectable<Database["units"]>): PlannedUnit {
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
  };
}

/** Units without a row, or whose row is `failed` if that is asked for, in plan order. */
function selectPending(database: Kysely<Database>, sweep: string, options: PendingOptions) {
  let query = database
    .selectFrom("units")
    .leftJoin("results", "results.unit_key", "units.unit_key")
    .selectAll("units")
    .where("units.sweep", "=", sweep);
  query =
    options.includeFailed === true
      ? query.where((where) =>
          where.or([
            where("results.unit_key", "is", null),
            where("results.outcome", "=", "failed"),
          ]),
        )
      : query.where("results.unit_key", "is", null);
  if (options.role !== undefined) query = query.where("units.role", "=", options.role);
  return query.orderBy("units.position").orderBy("units.unit_key");
}
