import type { Insertable, Selectable } from "kysely";
import type { JsonValue } from "../domain/json/value.js";
import { fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import type { Database } from "./schema.js";
import type { StepRecord, Store } from "./store.js";

/** Queries over steps whose values units share. */
export function createStepQueries(connection: Connection): Pick<Store, "getStep" | "putStep"> {
  async function getStep(key: string): Promise<StepRecord | null> {
    const row = await connection.run((database) =>
      database.selectFrom("steps").selectAll().where("step_key", "=", key).executeTakeFirst(),
    );
    return row === undefined ? null : fromStepRow(row);
  }

  return {
    getStep,

    async putStep(record) {
      await connection.run((database) =>
        database
          .insertInto("steps")
          .values(toStepRow(record))
          .onConflict((conflict) => conflict.column("step_key").doNothing())
          .execute(),
      );
      return (await getStep(record.key)) ?? record;
    },
  };
}

/** A database row as a step. */
export function fromStepRow(row: Selectable<Database["steps"]>): StepRecord {
  return {
    key: row.step_key,
    kind: row.kind as StepRecord["kind"],
    value: fromJson(row.value) as JsonValue,
    originUnit: row.origin_unit,
  };
}

/** A step as a database row. */
export function toStepRow(record: StepRecord): Insertable<Database["steps"]> {
  return {
    step_key: record.key,
    kind: record.kind,
    value: JSON.stringify(record.value),
    origin_unit: record.originUnit,
  };
}
