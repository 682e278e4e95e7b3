import process from "node:process";
import { exitCodes } from "./exit-codes.js";

/** Error codes of a write to a pipe, socket or stream whose reader has closed it. */
const CLOSED: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]);

/**
 * Handles closed output (`whetstone samples … | head`) without an error. If stdout closes, the process exits quietly
 * with the code that the command has set, else 0. If stderr closes, the process continues silently.
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
