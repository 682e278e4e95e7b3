import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import {
  DATASET_FORMATS,
  describeFormat,
  type DatasetFormat,
} from "../domain/config/dataset-formats.js";
import { canonicalJson } from "../domain/json/canonical.js";
import { sha256Hex } from "../domain/identity/hash.js";
import { sampleContentHash } from "../domain/identity/sample-hash.js";
import type { GoldSample } from "../domain/samples/sample.js";
import { sampleKey } from "../domain/identity/unit-key.js";
import { auditRecords, describeRows } from "./audit-records.js";
import { importApibank } from "./apibank.js";
import { BENCHMARKS } from "./benchmarks.js";
import { importBfcl } from "./bfcl.js";
import { formatUnknown } from "./dataset-errors.js";
import { importInspectJson } from "./inspect-json.js";
import { importLookalike } from "./lookalike.js";
import { importNexusraven } from "./nexusraven.js";
import { importOpenaiJsonl } from "./openai-jsonl.js";
import { importSealtool } from "./sealtool.js";
import { importToolalpaca } from "./toolalpaca.js";
import { importXlam } from "./xlam.js";
import type { ImportedDataset, ImportedFile, Importer, ImportInput } from "./types.js";

export type { ImportedDataset, ImportInput } from "./types.js";

/** The importer of each format. */
const IMPORTERS: Readonly<Record<DatasetFormat, Importer>> = {
  lookalike: importLookalike,
  "openai-jsonl": importOpenaiJsonl,
  "inspect-json": importInspectJson,
  xlam: importXlam,
  sealtool: importSealtool,
  nexusraven: importNexusraven,
  apibank: importApibank,
  toolalpaca: importToolalpaca,
  bfcl: importBfcl,
};

/**
 * Reads a data set into samples with keys and gold. Equal files give equal keys and
 * hashes everywhere. Throws DATASET_FORMAT_UNKNOWN, DATASET_FILE_MISSING, DATASET_EMPTY,
 * DATA_LINE_INVALID or SAMPLE_WITHOUT_TOOLS.
 */
export async function importDataset(input: ImportInput): Promise<ImportedDataset> {
  const format = DATASET_FORMATS.find((each) => each === input.format);
  if (format === undefined) throw formatUnknown(input.format, DATASET_FORMATS);
  return assembleDataset(input, await readNamed(input, IMPORTERS[format]));
}

/** Reads the file; if it is a known benchmark that is not imported yet, the error's hint says so. */
async function readNamed(input: ImportInput, importer: Importer): Promise<ImportedFile> {
  try {
    return await importer(input.path);
  } catch (error) {
    const isMissing = error instanceof WhetstoneError && error.code === "DATASET_FILE_MISSING";
    const isBenchmark = BENCHMARKS.some(({ name }) => name === input.name);
    if (!isMissing || !isBenchmark || describeFormat(input.format)?.named !== "by file")
      throw error;
    throw new WhetstoneError(error.message, {
      code: error.code,
      hint: `npx whetstone data list ${input.name} shows how to download and import it; or correct the data set's \`path\`.`,
      details: error.details,
      cause: error,
    });
  }
}

/** Adds keys and hashes to the records of a file, and warnings about oddities. */
export function assembleDataset(
  input: Pick<ImportInput, "name" | "format">,
  { source, records, warnings, rowWarnings = [], files, notes }: ImportedFile,
): ImportedDataset {
  const hashes = records.map(sampleContentHash);
  const samples = records.map(({ messages, tools, gold }, row): GoldSample => ({
    sample: {
      key: sampleKey(row, hashes[row] ?? ""),
      dataset: input.name,
      row,
      messages,
      tools,
    },
    gold,
  }));
  return {
    name: input.name,
    format: input.format,
    source,
    contentHash: sha256Hex(canonicalJson(records.map(({ gold }, row) => [hashes[row], gold]))),
    samples,
    warnings: [
      ...warnings,
      ...rowWarnings.flatMap(({ text, rows }) => describeRows(text, rows)),
      ...auditRecords(records),
    ],
    files,
    notes,
  };
}
