import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Terminal } from "./terminal.js";

/**
 * Prints any error as one block, `error CODE: message` and `  next: hint`. Stack traces appear only
 * with WHETSTONE_DEBUG=1.
 */
export function printError(
  terminal: Terminal,
  error: unknown,
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const known = toWhetstoneError(error);
  terminal.note(`error ${known.code}: ${known.message}`);
  terminal.note(`  next: ${known.hint}`);
  if (environment["WHETSTONE_DEBUG"] === "1") terminal.note(describeCauses(error));
}

function toWhetstoneError(error: unknown): WhetstoneError {
  if (error instanceof WhetstoneError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new WhetstoneError(message === "" ? "Something went wrong without a message." : message, {
    code: "UNEXPECTED",
    hint: "run the same command with WHETSTONE_DEBUG=1 and report what it prints",
    cause: error,
  });
}

function describeCauses(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause !== undefined && cause !== null;) {
    lines.push(cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.join("\ncaused by: ");
}
