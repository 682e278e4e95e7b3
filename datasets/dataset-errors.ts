import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { ForeignKind } from "./file-kinds.js";

/** Creates the error for a problem with the current record. */
export type Refuse = (problem: string) => WhetstoneError;

/** The configured file does not exist or cannot be read. */
export function fileMissing(path: string, cause?: unknown): WhetstoneError {
  return new WhetstoneError(`data file ${path} does not exist or cannot be read`, {
    code: "DATASET_FILE_MISSING",
    hint: "Correct the data set's `path` in the config, or set it with --set datasets.0.path=FILE.",
    details: { path },
    cause,
  });
}

/** A file that is not UTF-8 text, or is compressed with something other than gzip. */
export function fileUnsupported(path: string, { name, hint }: ForeignKind): WhetstoneError {
  return new WhetstoneError(`data file ${path} is ${name}; only UTF-8 text can be read`, {
    code: "DATA_FILE_UNSUPPORTED",
    hint: hint.replace(/\bFILE\b/, () => path),
    details: { path },
  });
}

/**
 * A line or record that does not have the format's shape. `where` is, for example, "line 3" or
 * "record 0".
 */
export function recordInvalid(path: string, where: string, problem: string): WhetstoneError {
  return new WhetstoneError(`${path}, ${where}: ${problem}`, {
    code: "DATA_LINE_INVALID",
    hint:
      where === "the whole file"
        ? "Check that this is the right file and that it is complete."
        : `Correct ${where} of the file, or remove it.`,
    details: { path, where, problem },
  });
}

/** A record without tools: there is nothing to call, and no uncertainty to measure. */
export function recordWithoutTools(path: string, where: string): WhetstoneError {
  return new WhetstoneError(`${path}, ${where}: the sample has no tools`, {
    code: "SAMPLE_WITHOUT_TOOLS",
    hint: `Give ${where} at least one tool, or remove it.`,
    details: { path, where },
  });
}

/** A file without records. */
export function datasetEmpty(path: string): WhetstoneError {
  return new WhetstoneError(`data file ${path} contains no records`, {
    code: "DATASET_EMPTY",
    hint: "Check that the data set's `path` names the right file.",
    details: { path },
  });
}

/** A format that no importer reads. */
export function formatUnknown(format: string, allowed: readonly string[]): WhetstoneError {
  return new WhetstoneError(`data format "${format}" is unknown; allowed: ${allowed.join(", ")}`, {
    code: "DATASET_FORMAT_UNKNOWN",
    hint: 'Set the data set\'s `format` to one of these. For your own data, use "openai-jsonl".',
    details: { format, allowed },
  });
}
