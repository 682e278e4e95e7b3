import { describeFormat } from "../domain/config/dataset-formats.js";
import type { DatasetSpec } from "../domain/config/config.js";
import { sha256Hex } from "../domain/identity/hash.js";
import { sampleContentHash } from "../domain/identity/sample-hash.js";
import { canonicalJson } from "../domain/json/canonical.js";
import type { Gold, GoldSample } from "../domain/samples/sample.js";
import type { SweepRecord } from "../store/store.js";
import type { SweepPart } from "../store/sweep-parts.js";
import type { ArchiveLine, LeftOutData, SampleHash, SampleId } from "./archive-format.js";
import { leaveOutTexts } from "./leave-out.js";

/** Which texts of the data an archive holds: by the format's record, all, or none. */
export type ArchiveTexts = "by format" | "all" | "none";

/** Data sets and training splits whose texts an archive of this sweep leaves out. */
export function listLeftOut(
  { config, provenance }: SweepRecord,
  texts: ArchiveTexts,
): LeftOutData[] {
  const storedAs = (provenance["splits"] ?? {}) as Readonly<Record<string, string>>;
  const splits = config.variants.flatMap(({ split }) => (split === undefined ? [] : [split]));
  const all = [
    ...config.datasets.map((spec) => describeData(spec.name, spec)),
    ...splits.map((spec) => describeData(storedAs[spec.name] ?? spec.name, spec)),
  ];
  const isLeftOut = ({ format }: LeftOutData): boolean =>
    texts === "none" || (texts === "by format" && describeFormat(format)?.archived !== true);
  return [...new Map(all.map((data) => [data.dataset, data])).values()].filter(isLeftOut);
}

function describeData(
  dataset: string,
  { name, format, path }: Pick<DatasetSpec, "name" | "format" | "path">,
): LeftOutData {
  return { dataset, name, format, ...(path === undefined ? {} : { path }) };
}

/** Turns a sweep's parts into lines, which must come in the order of `Store.readSweep`. */
export class LineWriter {
  readonly #leftOut: ReadonlySet<string>;
  /** Samples by data set and key; null if their texts stay. */
  readonly #samples = new Map<string, { id: SampleId; sample: GoldSample | null }>();
  readonly #byHash = new Map<string, string>();

  constructor(leftOut: readonly LeftOutData[]) {
    this.#leftOut = new Set(leftOut.map(({ dataset }) => dataset));
  }

  /** The part's line; null if the part cannot be separated from texts that are left out. */
  write(part: SweepPart): ArchiveLine | null {
    if (part.kind === "sample") return this.#writeSample(part);
    if (this.#leftOut.size === 0) return part;
    if (part.kind === "result") {
      const { calls, verdict, errorMessage, trace } = part.result;
      const texts = { calls, verdict, errorMessage, trace };
      const { value, quoted } = this.#leaveOut(part.result.unitKey, texts);
      return mark(
        { kind: "result", result: { ...part.result, ...(value as typeof texts) } },
        quoted,
      );
    }
    if (part.kind === "step") {
      const { step } = part;
      // The origin of a sweep's own adapter is no unit; its records name their samples.
      if (step.kind !== "train" && this.#find(step.originUnit) === null) return null;
      const place = step.kind === "score" ? "candidates" : step.kind === "train" ? "labels" : "any";
      const { value, quoted } = this.#leaveOut(step.originUnit, step.value, place);
      return mark({ kind: "step", step: { ...step, value: value as typeof step.value } }, quoted);
    }
    if (part.kind === "attempt") {
      if (this.#find(part.unit) === null) return null;
      const { value, quoted } = this.#leaveOut(part.unit, part.attempt);
      return mark({ ...part, attempt: value as typeof part.attempt }, quoted);
    }
    return part;
  }

  #writeSample(part: SweepPart & { kind: "sample" }): ArchiveLine {
    const { dataset, contentHash, sample, gold } = part;
    const isLeftOut = this.#leftOut.has(dataset);
    const id = `${dataset}/${sample.key}`;
    this.#samples.set(id, {
      id: [dataset, sample.key],
      sample: isLeftOut ? { sample, gold } : null,
    });
    this.#byHash.set(hashOf(sample.key), id);
    if (!isLeftOut) return part;
    const hash: SampleHash = {
      kind: "sample-hash",
      dataset,
      contentHash,
      key: sample.key,
      sampleHash: sampleContentHash(sample),
      goldHash: hashGold(gold),
    };
    return hash;
  }

  #leaveOut(
    unitKey: string,
    value: unknown,
    place: Parameters<typeof leaveOutTexts>[2] = "any",
  ): { readonly value: unknown; readonly quoted: readonly SampleId[] } {
    const named = listNamedSamples(value).map((id) => this.#samples.get(id) ?? null);
    const found = [this.#find(unitKey), ...named].flatMap((entry) =>
      entry?.sample ? [{ id: entry.id, sample: entry.sample }] : [],
    );
    const distinct = [...new Map(found.map((entry) => [entry.id.join("/"), entry])).values()];
    if (distinct.length === 0) return { value, quoted: [] };
    const left = leaveOutTexts(
      value,
      distinct.map(({ sample }) => sample),
      place,
    );
    return { value: left, quoted: distinct.map(({ id }) => id) };
  }

  /** The unit's sample, or one of equal content if another sweep has it under another name. */
  #find(unitKey: string): { id: SampleId; sample: GoldSample | null } | null {
    const [, , , dataset = "", key = ""] = unitKey.split("/");
    const own = this.#samples.get(`${dataset}/${key}`);
    return own ?? this.#samples.get(this.#byHash.get(hashOf(key)) ?? "") ?? null;
  }
}

/** SHA-256 of a gold's canonical JSON. */
export function hashGold(gold: Gold): string {
  return sha256Hex(canonicalJson(gold));
}

function mark(part: SweepPart, quoted: readonly SampleId[]): ArchiveLine {
  return quoted.length === 0 ? part : { ...part, quoted };
}

/** Samples that a value names by `dataset` and `sampleKey`, as pairs of other samples and labeled records do. */
function listNamedSamples(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(listNamedSamples);
  if (!(value instanceof Object)) return [];
  const { dataset, sampleKey } = value as { dataset?: unknown; sampleKey?: unknown };
  const own =
    typeof dataset === "string" && typeof sampleKey === "string" ? [`${dataset}/${sampleKey}`] : [];
  return [...own, ...Object.values(value).flatMap(listNamedSamples)];
}

function hashOf(sampleKey: string): string {
  return sampleKey.slice(sampleKey.lastIndexOf("-") + 1);
}
