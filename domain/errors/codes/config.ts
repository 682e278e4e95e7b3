import type { CodeRecord } from "../code-record.js";

/** Config, data and model: nothing has been written or started. */
export const CONFIG_CODES = {
  USAGE: {
    meaning: "the command line is wrong",
    next: "`npx whetstone --help`",
    retryable: false,
  },
  SETTING_INVALID: {
    meaning: "an environment variable has an unusable value",
    next: "set it to what the message allows, or unset it",
    retryable: false,
  },
  CONFIG_FILE_MISSING: {
    meaning: "the config file does not exist or cannot be read",
    next: "name an existing file",
    retryable: false,
  },
  WHETSTONE_CONFIG_INVALID: {
    meaning: "one or more fields are wrong, one per line: field, value, what is allowed",
    next: "correct them; `npx whetstone validate CONFIG` checks",
    retryable: false,
  },
  FORMAT_FIT_RECORDS: {
    meaning: "`format: auto` found too few records to set some aside",
    next: "name a format, or use more records",
    retryable: false,
  },
  FORMAT_FIT_UNREADABLE: {
    meaning: "`format: auto` found no format in which the model's answers can be read",
    next: "`npx whetstone fit CONFIG` shows an answer in each; name one and constrain it",
    retryable: false,
  },
  FORMAT_FIT_ENGINE: {
    meaning:
      "`format: auto` and `fit` need an engine, and TEMPORAL_ADDRESS says that engines run elsewhere",
    next: "set WHETSTONE_ENGINE_URL to one of them, or name a format",
    retryable: false,
  },
  SWEEP_NAME_TAKEN: {
    meaning:
      "a stored sweep with this name has a different config; the message lists the differences",
    next: "run the printed command, which has a free name",
    retryable: false,
  },
  DATASET_FORMAT_UNKNOWN: {
    meaning: "there is no importer with this name",
    next: "use one that the message lists; your own data is `openai-jsonl`",
    retryable: false,
  },
  DATASET_FILE_MISSING: {
    meaning: "the data file does not exist or cannot be read",
    next: "correct `path`",
    retryable: false,
  },
  DATASET_NOT_FOUND: {
    meaning: "the Hub has no public data set with this name",
    next: "correct `hf:ORG/NAME`; set `HF_TOKEN` for a private data set",
    retryable: false,
  },
  DATASET_REVISION_NOT_FOUND: {
    meaning: "the Hub's data set has no such branch, tag or commit",
    next: "use one that the data set's page lists",
    retryable: false,
  },
  DATASET_ACCESS_DENIED: {
    meaning: "the Hub's data set is gated, and `HF_TOKEN` is unset or has no access",
    next: "accept its terms on the page that the message names, then set `HF_TOKEN`",
    retryable: false,
  },
  DATASET_FILE_UNNAMED: {
    meaning: "the Hub's data set has several JSON files, none, or none with this name",
    next: "name one that the message lists: `hf:ORG/NAME/FILE`",
    retryable: false,
  },
  DATASET_FETCH_FAILED: {
    meaning: "a data set could not be downloaded from the Hub; complete parts are kept",
    next: "check the connection, then run the same command again: it continues",
    retryable: true,
  },
  DATASET_HASH_MISMATCH: {
    meaning: "a downloaded data file differs from the listed one and was removed",
    next: "run the same command again; if it persists, the mirror has another file",
    retryable: true,
  },
  DATA_FILE_UNSUPPORTED: {
    meaning:
      "the data file is not UTF-8 text: another encoding (the message names line and byte), UTF-16, or a compressed or binary format other than gzip",
    next: "convert it as the message says, and name the new file",
    retryable: false,
  },
  DATASET_EMPTY: {
    meaning: "the data file has no records",
    next: "check that `path` names the right file",
    retryable: false,
  },
  DATA_LINE_INVALID: {
    meaning: "a record is malformed; the message names file and line (or record)",
    next: "correct it, or remove it",
    retryable: false,
  },
  SAMPLE_WITHOUT_TOOLS: {
    meaning: "a record offers no tool, so there is nothing to score",
    next: "give it a tool, or remove it",
    retryable: false,
  },
  MODEL_DIRECTORY_INVALID: {
    meaning: "`config.json`, `tokenizer.json` or `*.safetensors` is missing",
    next: "set `model` to a name, `hf:ORG/NAME`, a `.gguf` file or a model's directory",
    retryable: false,
  },
  MODEL_FETCH_FAILED: {
    meaning:
      "a model could not be downloaded from the package index or the Hub; complete parts are kept",
    next: "check the connection, then run the same command again: it continues",
    retryable: true,
  },
  MODEL_HASH_MISMATCH: {
    meaning: "a downloaded file differs from the pinned or listed one and was removed",
    next: "run the same command again; if it persists, the index or mirror has another file",
    retryable: true,
  },
  MODEL_DISK_FULL: {
    meaning: "the model or data set does not fit on the disk; checked before the download",
    next: "free the space that the message names, or set `WHETSTONE_HOME` elsewhere",
    retryable: false,
  },
  MODEL_NOT_WRITABLE: {
    meaning:
      "a file of a model or data set cannot be written: no permission, or the disk filled up meanwhile",
    next: "free disk space and check permissions, or set `WHETSTONE_HOME` elsewhere",
    retryable: false,
  },
  MODEL_CONVERSION_FAILED: {
    meaning: "the conversion ended without an error message; the end of its output is quoted",
    next: "check that 4 GB of memory are free, then run the same command again",
    retryable: true,
  },
  MODEL_FILE_INVALID: {
    meaning: "a file is missing, incomplete, or not a GGUF file",
    next: "use a complete GGUF file",
    retryable: false,
  },
  MODEL_UNSUPPORTED: {
    meaning: "the engine does not run this architecture, quantization or kind of weights (pickles)",
    next: "use a model of a supported architecture (docs/guides/bring-your-own-model.md) with safetensors and `tokenizer.json`",
    retryable: false,
  },
  MODEL_NOT_FOUND: {
    meaning: "the Hub has no public model with this name",
    next: "correct `hf:ORG/NAME`; set `HF_TOKEN` for a private model",
    retryable: false,
  },
  MODEL_REVISION_NOT_FOUND: {
    meaning: "the Hub's model has no such branch, tag or commit",
    next: "use one that the model's page lists",
    retryable: false,
  },
  MODEL_ACCESS_DENIED: {
    meaning: "the Hub's model is gated, and `HF_TOKEN` is unset or has no access",
    next: "accept its terms on the page that the message names, then set `HF_TOKEN`",
    retryable: false,
  },
  DATA_CHECK_FAILED: {
    meaning: "`data check` found a file whose size or content differs from the known one",
    next: "get the file that `data list` names",
    retryable: false,
  },
  BENCHMARK_UNKNOWN: {
    meaning: "there is no benchmark with this name",
    next: "use one that the message lists",
    retryable: false,
  },
  PROMPT_STYLE_UNKNOWN: {
    meaning: "there is no prompt style with this name",
    next: "use one that the message lists",
    retryable: false,
  },
  ANSWER_FORMAT_UNKNOWN: {
    meaning: "there is no answer format with this name",
    next: "use one that the message lists",
    retryable: false,
  },
  GOLD_FORBIDDEN: {
    meaning: "a method that sees the test samples' gold ran in a sweep that does not allow it",
    next: "`allowGold: true`, for an upper bound only",
    retryable: false,
  },
  UNIT_KEY_INVALID: {
    meaning: "a text is not a unit key",
    next: "`npx whetstone samples SWEEP` lists them",
    retryable: false,
  },
  SWEEP_NOT_FOUND: {
    meaning:
      "the store has no sweep with this name, or only part of one that another version wrote",
    next: "`npx whetstone status` lists them; workers and command must share `WHETSTONE_DATABASE_URL`",
    retryable: false,
  },
  SAMPLE_UNKNOWN: {
    meaning: "the sweep has no result for that sample",
    next: "`npx whetstone samples SWEEP`",
    retryable: false,
  },
  VARIANT_UNKNOWN: {
    meaning: "the sweep has no variant with this name",
    next: "use one that the message lists",
    retryable: false,
  },
  OUTPUT_NOT_WRITABLE: {
    meaning:
      "a report, an export or an imported data file cannot be written: no permission, no space, or a file in the way; no partial files remain",
    next: "choose another place with `--out`",
    retryable: false,
  },
  OUTPUT_EXISTS: {
    meaning: "a file to write exists already and would be replaced; nothing was written",
    next: "name another directory, or move the file away",
    retryable: false,
  },
  REPORT_FOLDER_OCCUPIED: {
    meaning:
      "the report's folder has files that do not belong to a report; a report replaces its whole folder",
    next: "give the report its own folder: `--out DIR`",
    retryable: false,
  },
  EXPORT_FOLDER_OCCUPIED: {
    meaning:
      "the folder of an export has files that no earlier export wrote; an export replaces its whole folder",
    next: "give the export its own folder: `--out DIR`",
    retryable: false,
  },
  EXPORT_SERVICE_REFUSED: {
    meaning: "a server did not take exported results; its answer is quoted",
    next: "check address and token, then run the same command again",
    retryable: false,
  },
  EXPORT_SERVICE_UNREACHABLE: {
    meaning: "a server did not take exported results in five attempts: no answer, or overload",
    next: "check that it runs and that the address is right, then run the same command again",
    retryable: true,
  },
  COMPARISON_EMPTY: {
    meaning: "the two sweeps have no unit in common: their samples, seeds or variants differ",
    next: "compare single variants: `--variant A --with B`",
    retryable: false,
  },
  SERVICE_UNKNOWN: {
    meaning: "there is no local process with this name",
    next: "`npx whetstone dev status`",
    retryable: false,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
