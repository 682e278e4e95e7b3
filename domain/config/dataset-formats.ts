/** Everything the rest of the system needs to know of a data format besides how datasets/ imports it. */
export interface FormatRecord {
  /** What it reads: a cell of a table in docs/guides/configuration.md, in Markdown. */
  readonly summary: string;
  /** Whether the data comes with Whetstone: it has no path, and calibration takes its last records. */
  readonly bundled?: true;
  /** Whether files are the user's own: a data set is named after its file, not after the format. */
  readonly named?: "by file";
  /** Whether archives hold its texts by default; other data has a license or an owner, and is rebuilt from its file. */
  readonly archived?: true;
}

/** Formats, in the order of lists. */
export const FORMAT_RECORDS = {
  lookalike: { summary: "the bundled data set", bundled: true, archived: true },
  "openai-jsonl": {
    summary: "[your own data](bring-your-own-benchmark.md), or what `data import` wrote",
    named: "by file",
  },
  "inspect-json": {
    summary:
      "[samples of Inspect AI](bring-your-own-benchmark.md#other-formats): `input`, `target` with the right calls, `metadata.tools`",
    named: "by file",
  },
  xlam: {
    summary:
      "[xLAM's function-calling data](bring-your-own-benchmark.md#other-formats): `query`, `tools`, `answers`",
    named: "by file",
  },
  sealtool: { summary: "SealTool's upstream file" },
  nexusraven: { summary: "NexusRaven's upstream files" },
  apibank: { summary: "API-Bank's upstream files" },
  toolalpaca: { summary: "ToolAlpaca's upstream file" },
  bfcl: { summary: "upstream files of the Berkeley Function-Calling Leaderboard" },
} as const satisfies Readonly<Record<string, FormatRecord>>;

/** Name of a data format. */
export type DatasetFormat = keyof typeof FORMAT_RECORDS;

/** All formats, in the order of lists. */
export const DATASET_FORMATS = Object.keys(FORMAT_RECORDS) as [DatasetFormat, ...DatasetFormat[]];

/** Properties of a format; empty for an unknown one, which a stored sweep may have. */
export function describeFormat(format: string): FormatRecord | undefined {
  return Object.hasOwn(FORMAT_RECORDS, format)
    ? FORMAT_RECORDS[format as DatasetFormat]
    : undefined;
}
