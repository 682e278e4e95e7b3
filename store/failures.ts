import { setTimeout as sleep } from "node:timers/promises";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** Attempts per statement while another process holds the lock: about a minute. */
const BUSY_ATTEMPTS = 30;

/** Longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE_MS = 500;

/** Error codes: PostgreSQL serialization failure and deadlock; SQLite busy and locked. */
const CONTENTION = /^(40001|40P01|SQLITE_BUSY|SQLITE_LOCKED)/;

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

/** A way in which a database cannot be used. */
interface Trouble {
  /** Codes of the database or of the system. */
  readonly codes: RegExp;
  /** What libraries say without a code. */
  readonly text?: RegExp;
  readonly hint: string;
  /** Whether running work waits for it to heal. */
  readonly heals: boolean;
}

/** The first that fits counts. */
const TROUBLES: readonly Trouble[] = [
  {
    // PostgreSQL: a refused login, an unknown database.
    codes: /^(28|3D)/,
    hint: "Check user, password and database name in WHETSTONE_DATABASE_URL.",
    heals: false,
  },
  {
    codes: /^(SQLITE_FULL|ENOSPC|53100)/,
    text: /disk is full/i,
    hint: "Free space on its disk; running work then goes on by itself.",
    heals: true,
  },
  {
    codes: /^(SQLITE_READONLY|25006)/,
    text: /readonly database/i,
    hint: "Make the database writable, file and folder or server; running work then goes on by itself.",
    heals: true,
  },
  {
    // SQLite reports a full disk so, too, if its shared memory needs the room.
    codes: /^SQLITE_IOERR/,
    text: /disk I\/O error/i,
    hint: "Check its disk: free space (`df -h`) and errors (`dmesg`); running work goes on by itself once it can be written.",
    heals: true,
  },
  {
    codes: /^SQLITE_(CANTOPEN|PERM|NOTADB|CORRUPT)/,
    text: /unable to open|is not a database/i,
    hint: "Check that WHETSTONE_DATABASE_URL names a database file in a writable folder.",
    heals: false,
  },
  {
    // Node's and PostgreSQL's codes (classes 08, 57P, 53) of a server that cannot be reached.
    codes:
      /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|08|57P|53300|CONNECT_TIMEOUT)/,
    text: /connection terminated|timeout exceeded when trying/i,
    hint: "Check that the database server is running and that WHETSTONE_DATABASE_URL points to it, then run the same command again.",
    heals: true,
  },
  {
    codes: CONTENTION,
    hint: "Another process has held its lock for a minute: end that one (`fuser FILE` names it); running work then goes on by itself.",
    heals: true,
  },
];

/** `error` itself, or `STORE_UNREACHABLE` if the database itself is the problem. */
export function describeFailure(address: string, error: unknown): unknown {
  if (error instanceof WhetstoneError) return error;
  const code = readCode(error);
  const text = error instanceof Error ? error.message : String(error);
  const trouble = TROUBLES.find(
    (each) => each.codes.test(code) || (each.text?.test(text) ?? false),
  );
  if (trouble === undefined) return error;
  return new WhetstoneError(`The results database ${address} cannot be used: ${firstLine(error)}`, {
    code: "STORE_UNREACHABLE",
    hint: trouble.hint,
    retryable: trouble.heals,
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
