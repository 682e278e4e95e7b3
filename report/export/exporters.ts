import type { FileContent } from "../write-file.js";
import type { FolderFile } from "../write-folder.js";
import type { ExportOptions, ExportSource } from "./export-source.js";
import { listEeeFiles } from "./eee/list-eee-files.js";
import { listInspectLogs } from "./inspect/list-logs.js";
import { listHfFiles } from "./list-hf-files.js";
import { sendMlflowRuns } from "./mlflow/send-mlflow.js";
import { sendOtelEvents } from "./otel/send-otel.js";
import { renderJsonl } from "./render-jsonl.js";
import { renderParquet } from "./render-parquet.js";
import { renderResultsCsv } from "./render-results-csv.js";
import { COLUMNS_WITHOUT_TEXTS, RECORD_COLUMNS } from "./result-records.js";
import type { SentResults, ServiceInput } from "./service/exporter.js";

/** One format that `whetstone export` writes. Every exporter reads its units one at a time. */
export type ExporterRecord = {
  /** What it holds: a cell of a table in docs/guides/commands.md, in Markdown. */
  readonly summary: string;
} & (FileExporter | FolderExporter | ServiceExporter);

/** Writes one file, or to stdout. */
interface FileExporter {
  readonly kind: "file";
  /** Whether it has no place on a terminal. */
  readonly binary?: true;
  readonly render: (source: ExportSource, options: ExportOptions) => FileContent;
}

/** Writes a folder of files, which `--out` names. */
interface FolderExporter {
  readonly kind: "folder";
  readonly list: (source: ExportSource, options: ExportOptions) => AsyncIterable<FolderFile>;
}

/** Sends to a service, which `--to` or the environment names. */
interface ServiceExporter {
  readonly kind: "service";
  readonly send: (input: ServiceInput) => Promise<SentResults>;
}

const columnsOf = ({ texts }: ExportOptions) => (texts ? RECORD_COLUMNS : COLUMNS_WITHOUT_TEXTS);

/** Export formats, in the order of lists; the first is the default. */
export const EXPORTERS = {
  jsonl: {
    kind: "file",
    summary: "JSON Lines, one unit per line",
    render: (source, options) => renderJsonl([source], columnsOf(options)),
  },
  csv: {
    kind: "file",
    summary: "CSV for spreadsheets: structured values as JSON text, without traces",
    render: (source, options) => renderResultsCsv([source], columnsOf(options)),
  },
  parquet: {
    kind: "file",
    summary: "Parquet (Snappy), structured values as JSON text; needs `--out` on a terminal",
    binary: true,
    render: (source, options) => renderParquet([source], columnsOf(options)),
  },
  inspect: {
    kind: "folder",
    summary:
      "a folder of Inspect AI logs (`.eval`), one per variant, seed and data set: answers with tool calls, both verdicts, tokens, H, G, T and I as model events",
    list: listInspectLogs,
  },
  hf: {
    kind: "folder",
    summary:
      "a data set directory for Hugging Face's `datasets`: Parquet and a card, which loads by its path or from the Hub",
    list: listHfFiles,
  },
  eee: {
    kind: "folder",
    summary:
      "records of Every Eval Ever in the folders of its database, one per variant, seed and data set, with their samples",
    list: listEeeFiles,
  },
  otel: {
    kind: "service",
    summary:
      "events `gen_ai.evaluation.result`, two per unit, sent to an OpenTelemetry receiver (OTLP over HTTP)",
    send: sendOtelEvents,
  },
  mlflow: {
    kind: "service",
    summary:
      "runs in an MLflow tracking server, one per variant and seed: parameters, metrics, the units as artifact",
    send: sendMlflowRuns,
  },
} as const satisfies Readonly<Record<string, ExporterRecord>>;

/** Name of an export format. */
export type ExportFormat = keyof typeof EXPORTERS;

/** All export formats, in the order of lists. */
export const EXPORT_FORMATS = Object.keys(EXPORTERS) as [ExportFormat, ...ExportFormat[]];

/** The record of a format. */
export function findExporter(format: ExportFormat): ExporterRecord {
  return EXPORTERS[format];
}
