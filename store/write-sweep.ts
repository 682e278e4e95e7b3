import type { Transaction } from "kysely";
import { compareConfigs } from "../domain/config/compare.js";
import type { SweepIdentity } from "../domain/config/config-hash.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { canonicalJson } from "../domain/json/canonical.js";
import { chunkRows } from "./chunk.js";
import { fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import { fromTableRow, toTableRow } from "./result-row.js";
import { selectSamplesWithGold } from "./samples-with-gold.js";
import type { Database } from "./schema.js";
import { toStepRow } from "./steps.js";
import type { ResultRow, Store, SweepRecord } from "./store.js";
import type { RestoredCounts, SweepPart, SweepPartKind } from "./sweep-parts.js";
import { fromSweepRow, toSweepRow } from "./sweeps.js";
import { toAttemptRow } from "./synthesis-attempts.js";
import { toUnitRow } from "./units.js";

/** Rows written by one statement. */
const BATCH = 200;
/** Conflicts that an error names. */
const NAMED = 5;

/** Creates the statement that writes everything of one sweep. */
export function createSweepWriter(connection: Connection): Pick<Store, "writeSweep"> {
  return {
    writeSweep: (readParts) =>
      connection.run((database) =>
        database.transaction().execute(async (transaction) => {
          const writer = new SweepWriter(transaction);
          for await (const batch of inBatches(readParts())) await writer.write(batch);
          return writer.finish();
        }),
      ),
  };
}

/** Consecutive parts of one kind. */
async function* inBatches(parts: AsyncIterable<SweepPart>): AsyncGenerator<SweepPart[]> {
  let batch: SweepPart[] = [];
  for await (const part of parts) {
    if (batch.length >= BATCH || (batch[0] !== undefined && batch[0].kind !== part.kind)) {
      yield batch;
      batch = [];
    }
    batch.push(part);
  }
  if (batch.length > 0) yield batch;
}

type PartOf<Kind extends SweepPartKind> = Extract<SweepPart, { readonly kind: Kind }>;

/** Adds parts to the tables, keeps equal rows as they are, and collects those that differ. */
class SweepWriter {
  readonly #database: Transaction<Database>;
  readonly #added: Record<SweepPartKind, number> = {
    sweep: 0,
    sample: 0,
    unit: 0,
    threshold: 0,
    result: 0,
    step: 0,
    attempt: 0,
  };
  readonly #conflicts: string[] = [];
  #state: RestoredCounts["state"] = "new";
  #sweep: SweepRecord | null = null;

  constructor(database: Transaction<Database>) {
    this.#database = database;
  }

  async write(batch: readonly SweepPart[]): Promise<void> {
    const of = <Kind extends SweepPartKind>(kind: Kind): PartOf<Kind>[] =>
      batch.filter((part): part is PartOf<Kind> => part.kind === kind);
    for (const { sweep } of of("sweep")) await this.#writeSweep(sweep);
    await this.#writeSamples(of("sample"));
    await this.#writeUnits(of("unit"));
    await this.#writeThresholds(of("threshold"));
    await this.#writeResults(of("result"));
    await this.#writeSteps(of("step"));
    await this.#writeAttempts(of("attempt"));
  }

  /** Throws `ARCHIVE_CONFLICT` if any row differs. */
  async finish(): Promise<RestoredCounts> {
    const [sweep, conflicts] = [this.#sweep, this.#conflicts];
    if (sweep === null) throw new TypeError("the first part of a sweep is the sweep itself");
    if (conflicts.length > 0) {
      const named = conflicts.slice(0, NAMED).map((line) => `  ${line}`);
      const more = conflicts.length > NAMED ? [`  and ${conflicts.length - NAMED} more`] : [];
      throw conflict(
        [`Sweep ${sweep.name} is in this store with other content:`, ...named, ...more].join("\n"),
        sweep.name,
      );
    }
    if (this.#state !== "new" && sweep.status === "finished") await this.#finishSweep(sweep);
    return { state: this.#state, added: this.#added };
  }

  async #writeSweep(sweep: SweepRecord): Promise<void> {
    this.#sweep = sweep;
    const row = await this.#database
      .selectFrom("sweeps")
      .selectAll()
      .where("name", "=", sweep.name)
      .executeTakeFirst();
    if (row === undefined) {
      await this.#database.insertInto("sweeps").values(toSweepRow(sweep)).execute();
      this.#added.sweep += 1;
      return;
    }
    this.#state = compareSweeps(fromSweepRow(row), sweep);
    if (this.#state !== "grown") return;
    const { config, config_text, config_hash, provenance, updated_at } = toSweepRow(sweep);
    await this.#database
      .updateTable("sweeps")
      .set({ config, config_text, config_hash, provenance, updated_at })
      .where("name", "=", sweep.name)
      .execute();
  }

  async #writeSamples(parts: readonly PartOf<"sample">[]): Promise<void> {
    for (const dataset of new Set(parts.map((part) => part.dataset))) {
      const given = parts.filter((part) => part.dataset === dataset);
      const keys = given.map((part) => part.sample.key);
      const stored = await selectSamplesWithGold(this.#database, dataset, keys).execute();
      const known = new Map(stored.map((row) => [row.sample_key, row]));
      const missing = given.filter(({ sample, gold }) => {
        const row = known.get(sample.key);
        if (row === undefined) return true;
        const equal = isSame([fromJson(row.sample), fromJson(row.gold)], [sample, gold]);
        if (!equal) this.#conflicts.push(`sample ${sample.key} of ${dataset}`);
        return false;
      });
      if (missing.length === 0) continue;
      this.#added.sample += missing.length;
      await this.#database
        .insertInto("samples")
        .values(
          missing.map(({ contentHash, sample }) => ({
            dataset,
            sample_key: sample.key,
            row_number: sample.row,
            content_hash: contentHash,
            sample: JSON.stringify(sample),
          })),
        )
        .execute();
      await this.#database
        .insertInto("gold")
        .values(
          missing.map(({ sample, gold }) => ({
            dataset,
            sample_key: sample.key,
            gold: JSON.stringify(gold),
          })),
        )
        .execute();
    }
  }

  async #writeUnits(parts: readonly PartOf<"unit">[]): Promise<void> {
    const rows = parts.map(({ unit, position }) => toUnitRow(unit, position));
    if (rows.length === 0) return;
    const inserted = await this.#database
      .insertInto("units")
      .values(rows)
      .onConflict((conflict) => conflict.column("unit_key").doNothing())
      .returning("unit_key")
      .execute();
    this.#added.unit += inserted.length;
  }

  async #writeThresholds(parts: readonly PartOf<"threshold">[]): Promise<void> {
    for (const { threshold } of parts) {
      const { sweep, variant, seed, tau, details } = threshold;
      const stored = await this.#database
        .selectFrom("thresholds")
        .selectAll()
        .where("sweep", "=", sweep)
        .where("variant", "=", variant)
        .where("seed", "=", seed)
        .executeTakeFirst();
      if (stored === undefined) {
        this.#added.threshold += 1;
        const row = { sweep, variant, seed, tau, details: JSON.stringify(details) };
        await this.#database.insertInto("thresholds").values(row).execute();
      } else if (!isSame([stored.tau, fromJson(stored.details)], [tau, details])) {
        this.#conflicts.push(`threshold of ${variant}, seed ${seed}`);
      }
    }
  }

  /** An answer replaces a failure, on either side. */
  async #writeResults(parts: readonly PartOf<"result">[]): Promise<void> {
    if (parts.length === 0) return;
    const stored = await this.#database
      .selectFrom("results")
      .selectAll()
      .where(
        "unit_key",
        "in",
        parts.map(({ result }) => result.unitKey),
      )
      .execute();
    const known = new Map(stored.map((row) => [row.unit_key, fromTableRow(row)]));
    const missing = parts.filter(({ result, reduced }) => {
      const row = known.get(result.unitKey);
      if (row === undefined) return true;
      if (row.outcome === "failed") return result.outcome !== "failed";
      if (result.outcome === "failed" || isSame(row, asStored(result))) return false;
      if (reduced !== undefined && isSame(row, asStored(reduced))) return true;
      this.#conflicts.push(`result of ${result.unitKey}`);
      return false;
    });
    const rows = missing.map(({ result }) => toTableRow(result));
    const replaced = rows.map((row) => row.unit_key).filter((key) => known.has(key));
    if (replaced.length > 0) {
      await this.#database.deleteFrom("results").where("unit_key", "in", replaced).execute();
    }
    for (const chunk of chunkRows(rows, 28)) {
      await this.#database.insertInto("results").values(chunk).execute();
    }
    this.#added.result += rows.length;
  }

  /** Equal keys mean equal computations, so the first writer's value stays. */
  async #writeSteps(parts: readonly PartOf<"step">[]): Promise<void> {
    if (parts.length === 0) return;
    const inserted = await this.#database
      .insertInto("steps")
      .values(parts.map(({ step }) => toStepRow(step)))
      .onConflict((conflict) => conflict.column("step_key").doNothing())
      .returning("step_key")
      .execute();
    this.#added.step += inserted.length;
  }

  async #writeAttempts(parts: readonly PartOf<"attempt">[]): Promise<void> {
    if (parts.length === 0) return;
    const inserted = await this.#database
      .insertInto("synthesis_attempts")
      .values(parts.map(({ scope, attempt }) => toAttemptRow(scope, attempt)))
      .onConflict((conflict) => conflict.columns(["scope", "k", "attempt"]).doNothing())
      .returning("scope")
      .execute();
    this.#added.attempt += inserted.length;
  }

  /** Marks a stored sweep as finished once no unit is left. */
  async #finishSweep({ name }: SweepRecord): Promise<void> {
    if (this.#added.result === 0) return;
    const open = await this.#database
      .selectFrom("units")
      .leftJoin("results", "results.unit_key", "units.unit_key")
      .select("units.unit_key")
      .where("units.sweep", "=", name)
      .where("results.unit_key", "is", null)
      .limit(1)
      .execute();
    if (open.length > 0) return;
    await this.#database
      .updateTable("sweeps")
      .set({ status: "finished", status_reason: null, updated_at: new Date().toISOString() })
      .where("name", "=", name)
      .execute();
  }
}

/** Throws `ARCHIVE_CONFLICT` if the two sweeps have different configs, unless one has grown out of the other. */
function compareSweeps(stored: SweepRecord, given: SweepRecord): RestoredCounts["state"] {
  const [before, now] = [stored.provenance["identity"], given.provenance["identity"]];
  if (stored.hashVersion === given.hashVersion) {
    if (stored.configHash === given.configHash) return "same";
    if (before !== undefined && now !== undefined) {
      const [old, current] = [before, now] as unknown as [SweepIdentity, SweepIdentity];
      if (compareConfigs(old, current).kind === "grown") return "grown";
      if (compareConfigs(current, old).kind === "grown") return "older";
    }
  }
  throw conflict(`Sweep ${stored.name} is in this store with another config.`, stored.name);
}

/** A result as the store returns it. */
function asStored(result: ResultRow): ResultRow {
  return fromTableRow(toTableRow(result));
}

function isSame(left: unknown, right: unknown): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

function conflict(message: string, sweep: string): WhetstoneError {
  return new WhetstoneError(message, {
    code: "ARCHIVE_CONFLICT",
    hint: "Nothing was changed. Restore into another store: set WHETSTONE_HOME to an empty folder, and run the same command again.",
    details: { sweep },
  });
}
