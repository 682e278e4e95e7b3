import type { Insertable, Selectable } from "kysely";
import type { ResolvedConfig } from "../domain/config/config.js";
import type { JsonObject } from "../domain/json/value.js";
import { cleanText, fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import type { Database } from "./schema.js";
import type { SweepStatus } from "../domain/units/sweep-status.js";
import type { Store, SweepRecord } from "./store.js";

type SweepMethods = Pick<
  Store,
  "createSweep" | "getSweep" | "listSweeps" | "setSweepStatus" | "updateSweepConfig"
>;

/** Queries over sweeps. */
export function createSweepQueries(connection: Connection): SweepMethods {
  async function getSweep(name: string): Promise<SweepRecord | null> {
    const row = await connection.run((database) =>
      database.selectFrom("sweeps").selectAll().where("name", "=", name).executeTakeFirst(),
    );
    return row === undefined ? null : fromSweepRow(row);
  }

  return {
    getSweep,

    async createSweep(record) {
      const now = new Date().toISOString();
      await connection.run((database) =>
        database
          .insertInto("sweeps")
          .values(toSweepRow({ ...record, createdAt: now, updatedAt: now }))
          .onConflict((conflict) => conflict.column("name").doNothing())
          .execute(),
      );
      const stored = await getSweep(record.name);
      if (stored === null) throw new Error(`sweep ${record.name} vanished while it was stored`);
      return stored;
    },

    async listSweeps() {
      const rows = await connection.run((database) =>
        database.selectFrom("sweeps").selectAll().orderBy("created_at").orderBy("name").execute(),
      );
      return rows.map(fromSweepRow);
    },

    async setSweepStatus(name, status, reason = null) {
      await connection.run((database) =>
        database
          .updateTable("sweeps")
          .set({
            status,
            status_reason: reason === null ? null : cleanText(reason),
            updated_at: new Date().toISOString(),
          })
          .where("name", "=", name)
          .execute(),
      );
    },

    async updateSweepConfig(name, config, configText, configHash, provenance) {
      await connection.run((database) =>
        database
          .updateTable("sweeps")
          .set({
            config: JSON.stringify(config),
            config_text: cleanText(configText),
            config_hash: configHash,
            ...(provenance === undefined ? {} : { provenance: JSON.stringify(provenance) }),
            updated_at: new Date().toISOString(),
          })
          .where("name", "=", name)
          .execute(),
      );
    },
  };
}

/** A database row as a sweep. */
export function fromSweepRow(row: Selectable<Database["sweeps"]>): SweepRecord {
  return {
    name: row.name,
    status: row.status as SweepStatus,
    statusReason: row.status_reason,
    configHash: row.config_hash,
    hashVersion: row.hash_version,
    configText: row.config_text,
    config: fromJson(row.config) as ResolvedConfig,
    provenance: fromJson(row.provenance) as JsonObject,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** A sweep as a database row. */
export function toSweepRow(record: SweepRecord): Insertable<Database["sweeps"]> {
  return {
    name: record.name,
    status: record.status,
    status_reason: record.statusReason,
    config_hash: record.configHash,
    hash_version: record.hashVersion,
    config_text: cleanText(record.configText),
    config: JSON.stringify(record.config),
    provenance: JSON.stringify(record.provenance),
    created_at: record.createdAt,
    updated_at: record.updatedAt,
  };
}
