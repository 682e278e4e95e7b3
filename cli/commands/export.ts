import type { Command } from "commander";
import process from "node:process";
import { resolve } from "node:path";
import { showControls } from "../../domain/text/control-characters.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { resolveTemporalTarget } from "../../infra/temporal/connection.js";
import type { ExportOptions, ExportSource } from "../../report/export/export-source.js";
import { openExportSource } from "../../report/export/export-source.js";
import { EXPORT_FORMATS, findExporter, type ExportFormat } from "../../report/export/exporters.js";
import { writeExportFolder } from "../../report/export/write-export-folder.js";
import type { FileContent } from "../../report/write-file.js";
import { writeFileWhole } from "../../report/write-file.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";
import { sampleUrl } from "../sweep/sweep-client.js";

interface CommandOptions {
  readonly format: string;
  readonly out?: string;
  readonly to?: string;
  /** False with `--no-texts`. */
  readonly texts: boolean;
}

/** `whetstone export SWEEP --format F`: exports its results, one record per unit. */
export function addExportCommand(program: Command, context: CommandContext): void {
  program
    .command("export")
    .argument("<sweep>")
    .description("results of a sweep, one record per unit, in the format of another tool")
    .option("--format <format>", `one of ${EXPORT_FORMATS.join(", ")}`, EXPORT_FORMATS[0])
    .option(
      "--no-texts",
      "omit conversations, gold, answers and traces, which a data set's license covers",
    )
    .option("--out <path>", "file (default: stdout) or, for formats with several files, folder")
    .option("--to <url>", "server, for formats that are sent (default: the environment's)")
    .action((name: string, options: CommandOptions) => {
      const format = readFormat(options);
      const exporter = findExporter(format);
      return withSweep(context, name, async (store, record) => {
        const { settings, terminal } = context;
        const { namespace } = resolveTemporalTarget(settings);
        const wanted: ExportOptions = {
          texts: options.texts,
          link: (row) => sampleUrl(settings, namespace, row),
        };
        const { source, countUnits } = countReads(openExportSource(store, record));
        if (exporter.kind === "folder") {
          const folder = options.out ?? "";
          const files = await writeExportFolder(folder, exporter.list(source, wanted));
          terminal.result(resolve(folder));
          terminal.note(`${countUnits()} units in ${files.length} files`);
          return;
        }
        if (exporter.kind === "service") {
          const address = options.to === undefined ? {} : { address: options.to };
          const sent = await exporter.send({
            ...{ source, options: wanted, env: process.env },
            ...address,
          });
          terminal.result(sent.address);
          terminal.note(`${countUnits()} units: ${sent.summary}`);
          for (const warning of sent.warnings) terminal.note(`warning: ${warning}`);
          return;
        }
        const content = exporter.render(source, wanted);
        if (options.out === undefined) {
          await writeToStdout(content);
          return;
        }
        await writeFileWhole(options.out, content);
        terminal.note(`${countUnits()} units in ${options.out}`);
      });
    });
}

function readFormat({ format, out, to }: CommandOptions): ExportFormat {
  const known = EXPORT_FORMATS.find((each) => each === format);
  if (known === undefined) {
    throw new WhetstoneError(
      `There is no format ${JSON.stringify(format)}. Available formats: ${EXPORT_FORMATS.join(", ")}.`,
      { code: "USAGE", hint: "npx whetstone export --help" },
    );
  }
  const exporter = findExporter(known);
  if (exporter.kind === "folder" && out === undefined) {
    throw new WhetstoneError(`${known} is a folder of files, which needs --out.`, {
      code: "USAGE",
      hint: `add --out results-${known}`,
    });
  }
  const misplaced = exporter.kind === "service" ? out : to;
  if (misplaced !== undefined) {
    const [option, reason] =
      exporter.kind === "service"
        ? ["--out", "is sent to a server"]
        : ["--to", "is written to files"];
    throw new WhetstoneError(`${known} ${reason}: ${option} does not apply.`, {
      code: "USAGE",
      hint: "npx whetstone export --help",
    });
  }
  if (
    exporter.kind === "file" &&
    exporter.binary === true &&
    out === undefined &&
    process.stdout.isTTY
  ) {
    throw new WhetstoneError(`${known} is binary and does not belong on a terminal.`, {
      code: "USAGE",
      hint: `add --out results.${known}`,
    });
  }
  return known;
}

/** Counts the units that an exporter reads. */
function countReads(source: ExportSource) {
  const seen = new Set<string>();
  const counted: ExportSource = {
    ...source,
    async *readUnits(filter) {
      for await (const unit of source.readUnits(filter)) {
        seen.add(unit.row.unitKey);
        yield unit;
      }
    },
  };
  return { source: counted, countUnits: () => seen.size };
}

/**
 * Waits for a slow reader, so that a pipe never buffers the whole export. A file or pipe gets the exact bytes; a
 * terminal gets no control characters.
 */
async function writeToStdout(content: FileContent): Promise<void> {
  const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  for await (const piece of pieces) {
    const isShown = typeof piece === "string" && process.stdout.isTTY;
    if (process.stdout.write(isShown ? showControls(piece) : piece)) continue;
    await new Promise((written) => process.stdout.once("drain", written));
  }
}
