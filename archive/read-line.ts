import type { GoldSample } from "../domain/samples/sample.js";
import type { SweepPart } from "../store/sweep-parts.js";
import type { SampleHash, SampleId } from "./archive-format.js";
import { archiveInvalid } from "./archive-invalid.js";
import { restoreTexts } from "./leave-out.js";
import { lineSchema, quotedSchema, sampleHashSchema } from "./line-schema.js";

/** Finds a sample whose texts the archive leaves out; null if it could not be rebuilt. */
export type FindSample = (dataset: string, key: string) => GoldSample | null;

/** A line between the first and the last. */
export type LineContent =
  /** A sample whose texts are left out. */
  | { readonly sample: SampleHash }
  /** `isComplete` is false if it lacks texts of samples that were not found. */
  | { readonly part: SweepPart; readonly isComplete: boolean };

/** A parsed line and its place. */
interface LinePlace {
  readonly path: string;
  readonly value: unknown;
  /** From 1. */
  readonly number: number;
  /** The sweep that the header names. */
  readonly sweep: string;
}

/** Checks a line and puts back the texts that it leaves out. Throws `ARCHIVE_INVALID`. */
export function readLine(line: LinePlace, findSample: FindSample): LineContent {
  const { value } = line;
  const hash = sampleHashSchema.safeParse(value);
  if (hash.success) return { sample: hash.data };
  const quoted = quotedSchema.safeParse(value);
  if (!quoted.success) return { part: readPart(line, value), isComplete: true };
  const samples = quoted.data.quoted.map(([dataset, key]: SampleId) => findSample(dataset, key));
  const part = readPart(line, putBack(value, samples));
  const isComplete = samples.every((sample) => sample !== null);
  if (part.kind !== "result" || !isComplete) return { part, isComplete };
  const reduced = readPart(
    line,
    putBack(
      value,
      samples.map(() => null),
    ),
  );
  return {
    part: { ...part, ...(reduced.kind === "result" && { reduced: reduced.result }) },
    isComplete,
  };
}

function putBack(value: unknown, samples: readonly (GoldSample | null)[]): unknown {
  const line = Object.entries(value as object).filter(([name]) => name !== "quoted");
  return restoreTexts(Object.fromEntries(line), samples);
}

/** The first part is the header's sweep, and every part belongs to it. */
function readPart({ path, number, sweep }: LinePlace, value: unknown): SweepPart {
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
    throw archiveInvalid(path, `line ${number}: ${problem}`);
  }
  const part = value as SweepPart;
  const own = sweepOf(part);
  if (own !== null && own !== sweep) {
    throw archiveInvalid(path, `line ${number} belongs to sweep ${own}, not to ${sweep}`);
  }
  if ((number === 2) !== (part.kind === "sweep")) {
    throw archiveInvalid(path, `line ${number} must ${number === 2 ? "" : "not "}be the sweep`);
  }
  return part;
}

/** The sweep that a part names; null if it names none, as samples and shared steps. */
function sweepOf(part: SweepPart): string | null {
  switch (part.kind) {
    case "sweep":
      return part.sweep.name;
    case "unit":
      return part.unit.sweep;
    case "threshold":
      return part.threshold.sweep;
    case "result":
      return part.result.sweep;
    default:
      return null;
  }
}
