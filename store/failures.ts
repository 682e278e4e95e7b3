import { setTimeout as sleep } from "node:timers/promises";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** Attempts per statement while another process holds the lock: about a minute. */
const BUSY_ATTEMPTS = 30;

/** Longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE_MS = 500;

/** Error codes: PostgreSQL serialization failure and deadlock; SQLite busy and locked. */
const CONTENTION = /^(40001|40P01|SQLITE_BUSY|SQLITE_LOCKED)/;

/** Node and PostgreSQL codes (classes 08, 57P, 53) for an unreachable server. */
const UNREACHABLE =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|08|57P|53300|CONNECT_TIMEOUT)/;

/** PostgreSQL codes for a refused login and an unknown database. */
const REFUSED = /^(28|3D)/;

/** SQLite codes for a file that cannot be opened, read or written as a database. */
const UNUSABLE_FILE =
  /^SQLITE_(CANTOPEN|READONLY|PERM|NOTADB|CORRUPT|IOERR|FULL)|unable to open|is not a database/i;

/** Codes of a full disk, which heals once there is room. */
const FULL = /^(SQLITE_FULL|ENOSPC|53100)/;

/** Called with a message when a statement first waits for another process's lock. */
export type OnWait = (message: string) => void;

/**
 * Runs one idempotent statement: retries while another process holds the lock, and turns an
 * unusable database into `STORE_UNREACHABLE`, naming `address` (already masked).
 */
export async function runStatement<T>(
  address: string,
  statement: () => Promise<T>,
  onWait?: OnWait,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await statement();
    } catch (error) {
      if (attempt >= BUSY_ATTEMPTS || !CONTENTION.test(readCode(error))) {
        throw describeFailure(address, error);
      }
      if (attempt === 1) {
        onWait?.(`The results database ${address} is locked by another process; waiting for it.`);
      }
      // Jitter, so that processes that collided do not collide again.
      await sleep(Math.min(25 * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random()));
    }
  }
}

/** `error` itself, or `STORE_UNREACHABLE` if the database itself is the problem. */
export function describeFailure(address: string, error: unknown): unknown {
  if (error instanceof WhetstoneError) return error;
  const code = readCode(error);
  const refused = REFUSED.test(code);
  const text = error instanceof Error ? error.message : String(error);
  const unusable = UNUSABLE_FILE.test(code) || UNUSABLE_FILE.test(text);
  const full = FULL.test(code) || /disk is full/i.test(text);
  const gone =
    UNREACHABLE.test(code) || /connection terminated|timeout exceeded when trying/i.test(text);
  if (!refused && !unusable && !full && !gone && !CONTENTION.test(code)) return error;
  return new WhetstoneError(`The results database ${address} cannot be used: ${firstLine(error)}`, {
    code: "STORE_UNREACHABLE",
    hint: refused
      ? "Check user, password and database name in WHETSTONE_DATABASE_URL."
      : full
        ? "Free space on its disk; running work then goes on by itself."
        : unusable
          ? "Check that WHETSTONE_DATABASE_URL names a database file in a writable folder."
          : "Check that the database server is running and that WHETSTONE_DATABASE_URL points to it, then run the same command again.",
    retryable: full || (!refused && !unusable),
    cause: error,
  });
}

function firstLine(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map((inner: unknown) => firstLine(inner)).join("; ");
  }
  const text = error instanceof Error ? error.message : String(error);
  // libsql prints some errors in Rust notation: ConnectionFailed("…").
  return (/^\w+\("(.*)"\)$/.exec(text)?.[1] ?? text).split("\n")[0] ?? "";
}

function readCode(error: unknown): string {
  if (error instanceof Object && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "";
}
