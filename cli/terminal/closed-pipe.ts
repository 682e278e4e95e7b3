import process from "node:process";
import { exitCodes } from "./exit-codes.js";

/** What writing into a pipe, a socket or a stream says once nobody reads it. */
const CLOSED: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

/**
 * Makes a reader that has had enough (`whetstone samples … | head`) no error. Nobody wants more results once stdout is
 * closed: the process ends quietly with the code that the command has set, else 0. Without stderr it goes on in silence.
 */
export function endQuietlyOnClosedPipes(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (!CLOSED.has(error.code ?? "")) throw error;
    process.exit(process.exitCode ?? exitCodes.ok);
  });
  process.stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (!CLOSED.has(error.code ?? "")) throw error;
  });
}
