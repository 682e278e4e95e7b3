import type { Selectable } from "kysely";
import { sql } from "kysely";
import { deriveBaseSeed, deriveSeed } from "../domain/identity/seeds.js";
import type { Gold, Sample } from "../domain/samples/sample.js";
import { compareTexts } from "../domain/text/compare-texts.js";
import type { PlannedUnit } from "../domain/units/unit.js";
import { chunkRows } from "./chunk.js";
import { fromJson } from "./columns.js";
import type { Connection } from "./connection.js";
import { selectSamplesWithGold } from "./samples-with-gold.js";
import { fromTableRow } from "./result-row.js";
import type { ResultsTable } from "./schema.js";
import { fromStepRow } from "./steps.js";
import type { Store, SweepRecord } from "./store.js";
import type { SweepPart } from "./sweep-parts.js";
import { fromSweepRow } from "./sweeps.js";
import { fromAttemptRow } from "./synthesis-attempts.js";
import { createThresholdQueries } from "./thresholds.js";
import { fromUnitRow } from "./units.js";

/** Rows read by one statement. */
const PAGE = 200;

/** Creates the query that reads everything of one sweep. */
export function createSweepReader(connection: Connection): Pick<Store, "readSweep"> {
  return {
    async *readSweep(name) {
      const row = await connection.run((database) =>
        database.selectFrom("sweeps").selectAll().where("name", "=", name).executeTakeFirst(),
      );
      if (row === undefined) return;
      const sweep = fromSweepRow(row);
      yield { kind: "sweep", sweep };
      yield* readSamples(connection, sweep);
      const scope = new StepScope(name);
      yield* readUnits(connection, name, scope);
      for (const threshold of await createThresholdQueries(connection).listThresholds(name)) {
        yield { kind: "threshold", threshold };
      }
      yield* readResults(connection, name, scope);
      // After the results: a running sweep stores a unit's steps before its result.
      yield* readSteps(connection, await findTwins(connection, sweep), scope);
    },
  };
}

/** Which steps belong to a sweep: what it computed, what it reused, and what its open units would reuse. */
class StepScope {
  readonly sweep: string;
  readonly open = new Map<string, PlannedUnit>();
  /** Other sweeps' units whose steps this sweep's results reused. */
  readonly #reused = new Set<string>();
  readonly #openHashes = new Set<string>();

  constructor(sweep: string) {
    this.sweep = sweep;
  }

  addUnit(unit: PlannedUnit): void {
    this.open.set(unit.key, unit);
  }

  addResult(row: ReturnType<typeof fromTableRow>): void {
    if (row.outcome !== "failed") this.open.delete(row.unitKey);
    for (const { reusedFrom } of row.trace.timings) {
      if (reusedFrom !== undefined && !this.#isOwn(reusedFrom)) this.#reused.add(reusedFrom);
    }
  }

  /** Call it once all units and results are known. */
  seal(): void {
    for (const { sampleKey } of this.open.values()) this.#openHashes.add(hashOf(sampleKey));
  }

  /** `isTwin` says whether another sweep's steps have this sweep's model. */
  includes(originUnit: string, isTwin: (sweep: string) => boolean): boolean {
    if (this.#isOwn(originUnit) || this.#reused.has(originUnit)) return true;
    const parts = originUnit.split("/");
    return this.#openHashes.has(hashOf(parts.at(-1) ?? "")) && isTwin(parts[0] ?? "");
  }

  #isOwn(unitKey: string): boolean {
    return unitKey.startsWith(`${this.sweep}/`);
  }
}

/** The content hash in a sample's key: equal samples of two data sets differ in the row alone. */
function hashOf(sampleKey: string): string {
  return sampleKey.slice(sampleKey.lastIndexOf("-") + 1);
}

/** Whether another sweep has this sweep's model, so that its steps may be reused; unknown sweeps may. */
async function findTwins(
  connection: Connection,
  sweep: SweepRecord,
): Promise<(name: string) => boolean> {
  const rows = await connection.run((database) =>
    database.selectFrom("sweeps").select(["name", "provenance"]).execute(),
  );
  const own = fingerprintOf(sweep.provenance);
  const others = new Set(
    rows.filter((row) => fingerprintOf(fromJson(row.provenance)) !== own).map(({ name }) => name),
  );
  return (name) => !others.has(name);
}

function fingerprintOf(provenance: unknown): unknown {
  const { model } = provenance as { readonly model?: { readonly fingerprint?: unknown } };
  return model?.fingerprint;
}

async function* readSamples(
  connection: Connection,
  { name, provenance }: SweepRecord,
): AsyncGenerator<SweepPart> {
  const planned = await connection.run((database) =>
    database
      .selectFrom("units")
      .innerJoin("samples", (join) =>
        join
          .onRef("samples.dataset", "=", "units.dataset")
          .onRef("samples.sample_key", "=", "units.sample_key"),
      )
      .select(["units.dataset", "units.sample_key", "samples.row_number"])
      .distinct()
      .where("units.sweep", "=", name)
      .execute(),
  );
  const splits = Object.values((provenance["splits"] ?? {}) as Readonly<Record<string, string>>);
  const training = await connection.run((database) =>
    database
      .selectFrom("samples")
      .select(["dataset", "sample_key", "row_number"])
      // No data set has an empty name; a list must not be empty.
      .where("dataset", "in", splits.length === 0 ? [""] : splits)
      .execute(),
  );
  // Sorted here because the two databases collate text differently.
  const keys = [...planned, ...training].sort(
    (a, b) =>
      compareTexts(a.dataset, b.dataset) ||
      a.row_number - b.row_number ||
      compareTexts(a.sample_key, b.sample_key),
  );
  for (const dataset of new Set(keys.map((key) => key.dataset))) {
    const wanted = keys.filter((key) => key.dataset === dataset).map((key) => key.sample_key);
    for (let start = 0; start < wanted.length; start += PAGE) {
      yield* readSamplePage(connection, dataset, wanted.slice(start, start + PAGE));
    }
  }
}

async function* readSamplePage(
  connection: Connection,
  dataset: string,
  keys: readonly string[],
): AsyncGenerator<SweepPart> {
  const rows = await connection.run((database) =>
    selectSamplesWithGold(database, dataset, keys).execute(),
  );
  const found = new Map(rows.map((row) => [row.sample_key, row]));
  for (const key of keys) {
    const row = found.get(key);
    if (row === undefined) continue;
    const sample = fromJson(row.sample) as Sample;
    const gold = fromJson(row.gold) as Gold;
    yield { kind: "sample", dataset, contentHash: row.content_hash, sample, gold };
  }
}

/** The plan in pages of positions, which an index serves; several units may share a position after a plan has grown. */
async function* readUnits(
  connection: Connection,
  sweep: string,
  scope: StepScope,
): AsyncGenerator<SweepPart> {
  for await (const [low, high] of positionRanges(connection, sweep)) {
    const rows = await connection.run((database) =>
      database
        .selectFrom("units")
        .selectAll()
        .where("sweep", "=", sweep)
        .where("position", ">=", low)
        .where("position", "<", high)
        .execute(),
    );
    for (const row of rows.sort(byPosition)) {
      const unit = fromUnitRow(row);
      scope.addUnit(unit);
      yield { kind: "unit", unit, position: row.position };
    }
  }
}

async function* readResults(
  connection: Connection,
  sweep: string,
  scope: StepScope,
): AsyncGenerator<SweepPart> {
  for await (const [low, high] of positionRanges(connection, sweep)) {
    const rows: (Selectable<ResultsTable> & { position: number })[] = await connection.run(
      (database) =>
        database
          .selectFrom("units")
          .innerJoin("results", "results.unit_key", "units.unit_key")
          .selectAll("results")
          .select("units.position")
          .where("units.sweep", "=", sweep)
          .where("units.position", ">=", low)
          .where("units.position", "<", high)
          .execute(),
    );
    for (const row of rows.sort(byPosition)) {
      const result = fromTableRow(row);
      scope.addResult(result);
      yield { kind: "result", result };
    }
  }
}

async function* positionRanges(
  connection: Connection,
  sweep: string,
): AsyncGenerator<readonly [number, number]> {
  const { last } = await connection.run((database) =>
    database
      .selectFrom("units")
      .select(sql<number | null>`max(position)`.as("last"))
      .where("sweep", "=", sweep)
      .executeTakeFirstOrThrow(),
  );
  for (let low = 0; low <= (last ?? -1); low += PAGE) yield [low, low + PAGE];
}

type Ordered = { readonly position: number; readonly unit_key: string };

function byPosition(left: Ordered, right: Ordered): number {
  return left.position - right.position || compareTexts(left.unit_key, right.unit_key);
}

async function* readSteps(
  connection: Connection,
  isTwin: (sweep: string) => boolean,
  scope: StepScope,
): AsyncGenerator<SweepPart> {
  scope.seal();
  /** Units by the key of the pair that they drew. */
  const drawn = new Map<string, string>();
  // Keys are hex digits, which every collation orders alike.
  for (let after = ""; ;) {
    const page = await connection.run((database) =>
      database
        .selectFrom("steps")
        .select(["step_key", "origin_unit"])
        .where("step_key", ">", after)
        .orderBy("step_key")
        .limit(5 * PAGE)
        .execute(),
    );
    const wanted = page.filter((row) => scope.includes(row.origin_unit, isTwin));
    for (let start = 0; start < wanted.length; start += PAGE) {
      const keys = wanted.slice(start, start + PAGE).map((row) => row.step_key);
      const rows = await connection.run((database) =>
        database
          .selectFrom("steps")
          .selectAll()
          .where("step_key", "in", keys)
          .orderBy("step_key")
          .execute(),
      );
      for (const row of rows) {
        if (row.kind === "synthesize") drawn.set(row.step_key, row.origin_unit);
        yield { kind: "step", step: fromStepRow(row) };
      }
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.step_key;
  }
  yield* readAttempts(connection, drawn, scope);
}

/** Failed attempts of the drawn pairs, and those of pairs that open units were still drawing. */
async function* readAttempts(
  connection: Connection,
  drawn: ReadonlyMap<string, string>,
  { open }: StepScope,
): AsyncGenerator<SweepPart> {
  const begun = await connection.run((database) =>
    database
      .selectFrom("synthesis_attempts")
      .leftJoin("steps", "steps.step_key", "synthesis_attempts.scope")
      .select(["scope", "k", "attempt", "seed"])
      .where("steps.step_key", "is", null)
      .execute(),
  );
  const unitsOf = createSeedLookup([...open.values()]);
  const units = new Map(drawn);
  for (const { scope, k, attempt, seed } of begun) {
    const unit = unitsOf(k, attempt).get(Number(seed));
    if (unit !== undefined) units.set(scope, unit);
  }
  for (const chunk of chunkRows([...units.keys()].sort(), 1)) {
    const rows = await connection.run((database) =>
      database
        .selectFrom("synthesis_attempts")
        .selectAll()
        .where("scope", "in", chunk)
        .orderBy("scope")
        .orderBy("k")
        .orderBy("attempt")
        .execute(),
    );
    for (const row of rows) {
      const unit = units.get(row.scope) ?? "";
      yield { kind: "attempt", scope: row.scope, unit, attempt: fromAttemptRow(row) };
    }
  }
}

/**
 * Finds open units by the seeds of their draws. An attempt does not name its unit, and its seed follows from the unit's
 * seed and sample.
 */
function createSeedLookup(
  units: readonly PlannedUnit[],
): (k: number, attempt: number) => ReadonlyMap<number, string> {
  const known = new Map<string, ReadonlyMap<number, string>>();
  return (k, attempt) => {
    const id = `${k}/${attempt}`;
    const found = known.get(id);
    if (found !== undefined) return found;
    const seeds = new Map(
      units.map(({ key, seed, sampleKey }) => [
        deriveSeed(deriveBaseSeed(seed), sampleKey, "synthesize", k, attempt),
        key,
      ]),
    );
    known.set(id, seeds);
    return seeds;
  };
}
