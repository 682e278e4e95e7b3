import type { ExportOptions, ExportSource } from "../export-source.js";

/** What a service exporter needs besides the results. */
export interface ServiceInput {
  readonly source: ExportSource;
  readonly options: ExportOptions;
  /** Address that the user gave; absent: the environment names it. */
  readonly address?: string;
  /** Address and secrets: they come from the environment alone. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What was sent. */
export interface SentResults {
  /** Where to, without secrets. */
  readonly address: string;
  /** For example "400 events in 1 request". */
  readonly summary: string;
  /** What the service could not take, one sentence each. */
  readonly warnings: readonly string[];
}
