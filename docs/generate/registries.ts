import { FORMAT_RECORDS } from "../../domain/config/dataset-formats.js";
import { EXAMPLE_CALL } from "../../domain/formats/answer-format.js";
import { ANSWER_FORMATS } from "../../domain/formats/answer-formats.js";
import { ARCHITECTURE_FORMATS } from "../../domain/formats/architecture-formats.js";
import { METHOD_RECORDS } from "../../domain/methods/registry.js";
import { ESTIMATOR_RECORDS } from "../../domain/uncertainty/registry.js";
import { EXPORTERS } from "../../report/export/exporters.js";

/** A table of everything that a config can name as `method`. */
export function renderMethods(): string {
  return renderRecords(["method", "how it answers a sample"], METHOD_RECORDS);
}

/** A table of everything that a config can name as `estimator`. */
export function renderEstimators(): string {
  return renderRecords(["estimator", "its margin"], ESTIMATOR_RECORDS);
}

/** A table of everything that a config can name as a data set's `format`. */
export function renderFormats(): string {
  return renderRecords(["format", "what it reads"], FORMAT_RECORDS);
}

/** A table of everything that a config can name as the model's `format`, each with one call in it. */
export function renderAnswerFormats(): string {
  const rows = ANSWER_FORMATS.map((format) => [
    `\`${format.name}\``,
    format.summary,
    `\`${format.render([EXAMPLE_CALL]).replaceAll("\n", "⏎")}\``,
  ]);
  return renderTable(
    ["format", "how the model writes calls", "one call (⏎ is a line break)"],
    rows,
  );
}

/** A table of everything that `export --format` takes. */
export function renderExporters(): string {
  return renderRecords(["format", "what it writes"], EXPORTERS);
}

/** A table of the architectures that the engine runs, with the answer format of their models. */
export function renderArchitectures(): string {
  const rows = Object.entries(ARCHITECTURE_FORMATS).map(
    ([name, { models, format, written, difference }]) =>
      `| \`${name}\` | ${models} | \`${format}\` | \`\` ${written.replaceAll("|", "\\|")} \`\` | ${difference.replaceAll("<|tool_call|>", "<\\|tool_call\\|>")} |`,
  );
  const header = ["`architectures` in config.json", "models", "format", "a call", "differs"];
  return [`| ${header.join(" | ")} |`, "| --- | --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function renderRecords(
  header: readonly [string, string],
  records: Readonly<Record<string, { readonly summary: string }>>,
): string {
  const rows = Object.entries(records).map(([name, { summary }]) => [`\`${name}\``, summary]);
  return renderTable(header, rows);
}

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return [...lines.map((cells) => `| ${cells.join(" | ")} |`), ""].join("\n");
}
