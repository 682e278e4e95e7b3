import type { Command } from "commander";
import process from "node:process";
import { showControls } from "../../domain/text/control-characters.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import {
  EXPORT_FORMATS,
  EXPORTERS,
  type ExporterRecord,
  type ExportFormat,
} from "../../report/export/exporters.js";
import { COLUMNS_WITHOUT_TEXTS, RECORD_COLUMNS } from "../../report/export/result-records.js";
import { collectReportData } from "../../report/model/report-data.js";
import type { FileContent } from "../../report/write-file.js";
import { writeFileWhole } from "../../report/write-file.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";

interface ExportOptions {
  readonly format: string;
  readonly out?: string;
  /** False with `--no-texts`. */
  readonly texts: boolean;
}

/** `whetstone export SWEEP --format F`: exports its results, one record per unit. */
export function addExportCommand(program: Command, context: CommandContext): void {
  program
    .command("export")
    .argument("<sweep>")
    .description("results of a sweep, one record per unit, on stdout or into a file")
    .option("--format <format>", `one of ${EXPORT_FORMATS.join(", ")}`, EXPORT_FORMATS[0])
    .option(
      "--no-texts",
      "omit conversations, gold, answers and traces, which a data set's license covers",
    )
    .option("--out <file>", "write here instead of stdout")
    .action((name: string, options: ExportOptions) => {
      const format = readFormat(options);
      return withSweep(context, name, async (store) => {
        const data = await collectReportData(store, [name]);
        const columns = options.texts ? RECORD_COLUMNS : COLUMNS_WITHOUT_TEXTS;
        const content: FileContent = EXPORTERS[format].render(data, columns);
        if (options.out !== undefined) {
          await writeFileWhole(options.out, content);
          context.terminal.note(`${data.sweeps[0]?.units.length ?? 0} units in ${options.out}`);
          return;
        }
        for (const piece of typeof content === "string" || content instanceof Uint8Array
          ? [content]
          : content) {
          await writeToStdout(piece);
        }
      });
    });
}

function readFormat({ format, out }: ExportOptions): ExportFormat {
  const known = EXPORT_FORMATS.find((each) => each === format);
  if (known === undefined) {
    throw new WhetstoneError(
      `There is no format ${JSON.stringify(format)}. Available formats: ${EXPORT_FORMATS.join(", ")}.`,
      { code: "USAGE", hint: "npx whetstone export --help" },
    );
  }
  const exporter: ExporterRecord = EXPORTERS[known];
  if (exporter.binary === true && out === undefined && process.stdout.isTTY) {
    throw new WhetstoneError(`${known} is binary and does not belong on a terminal.`, {
      code: "USAGE",
      hint: `add --out results.${known}`,
    });
  }
  return known;
}

/**
 * Waits for a slow reader, so that a pipe never buffers the whole export. A file or pipe gets the exact bytes; a
 * terminal gets no control characters.
 */
async function writeToStdout(piece: string | Uint8Array): Promise<void> {
  const isShown = typeof piece === "string" && process.stdout.isTTY;
  if (process.stdout.write(isShown ? showControls(piece) : piece)) return;
  await new Promise((resolve) => process.stdout.once("drain", resolve));
}
