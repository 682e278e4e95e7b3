import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { ForeignKind } from "./file-kinds.js";

/** Makes the error for a problem of the record at hand. */
export type Refuse = (problem: string) => WhetstoneError;

/** The file that a config names is not there, or cannot be read. */
export function fileMissing(path: string, cause?: unknown): WhetstoneError {
  return new WhetstoneError(`data file ${path} does not exist or cannot be read`, {
    code: "DATASET_FILE_MISSING",
    hint: "Correct the data set's `path` in the config, or give it by --set datasets.0.path=FILE.",
    details: { path },
    cause,
  });
}

/** A file that is no UTF-8 text, or holds it in another wrapping than gzip. */
export function fileUnsupported(path: string, { name, hint }: ForeignKind): WhetstoneError {
  return new WhetstoneError(`data file ${path} is ${name}; only UTF-8 text can be read`, {
    code: "DATA_FILE_UNSUPPORTED",
    hint: hint.replace(/\bFILE\b/, () => path),
    details: { path },
  });
}

/**
 * A line or record that does not have the format's shape. `where` is such as "line 3" or "record
 * 0".
 */
export function recordInvalid(path: string, where: string, problem: string): WhetstoneError {
  return new WhetstoneError(`${path}, ${where}: ${problem}`, {
    code: "DATA_LINE_INVALID",
    hint:
      where === "the whole file"
        ? "Check that this is the right file, and that it is whole."
        : `Correct ${where} of the file, or take it out.`,
    details: { path, where, problem },
  });
}

/** A record that offers no tool: there is nothing to call and nothing to be uncertain about. */
export function recordWithoutTools(path: string, where: string): WhetstoneError {
  return new WhetstoneError(`${path}, ${where}: the sample has no tools`, {
    code: "SAMPLE_WITHOUT_TOOLS",
    hint: `Give ${where} at least one tool, or take it out.`,
    details: { path, where },
  });
}

/** A file without a single record. */
export function datasetEmpty(path: string): WhetstoneError {
  return new WhetstoneError(`data file ${path} holds no record`, {
    code: "DATASET_EMPTY",
    hint: "Check that the data set's `path` names the right file.",
    details: { path },
  });
}

/** A format that no importer reads. */
export function formatUnknown(format: string, allowed: readonly string[]): WhetstoneError {
  return new WhetstoneError(
    `data format "${format}" is unknown; allowed are ${allowed.join(", ")}`,
    {
      code: "DATASET_FORMAT_UNKNOWN",
      hint: 'Set the data set\'s `format` to one of these; your own data goes in as "openai-jsonl".',
      details: { format, allowed },
    },
  );
}
