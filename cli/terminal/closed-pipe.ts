import process from "node:process";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { isDiskFull } from "../../infra/full-disk.js";
import { exitCodes } from "./exit-codes.js";
import { printError } from "./print-error.js";
import type { Terminal } from "./terminal.js";

/** Error codes of a write to a pipe, socket or stream whose reader has closed it. */
const CLOSED: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

/**
 * Handles closed output (`whetstone samples … | head`) without an error. If stdout closes, the process exits quietly
 * with the code that the command has set, else 0. If stderr closes, or its disk is full, the process continues silently. If stdout cannot
 * be written for another reason, such as a full disk, an error says so and the process ends.
 */
export function endQuietlyOnClosedPipes(terminal: Terminal): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (CLOSED.has(error.code ?? "")) process.exit(process.exitCode ?? exitCodes.ok);
    printError(
      terminal,
      new WhetstoneError(`Standard output cannot be written: ${error.message}.`, {
        code: "OUTPUT_NOT_WRITABLE",
        hint: "send it to a place that you may write to, on a disk with free space",
        cause: error,
      }),
    );
    process.exit(exitCodes.usage);
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    // What it says to people is worth less than what it does: a service whose log is on a full disk goes on.
    if (!CLOSED.has(error.code ?? "") && !isDiskFull(error)) throw error;
  });
}
