import type { CodeRecord } from "../code-record.js";

/** The local stack, server and store. */
export const STACK_CODES = {
  PORT_IN_USE: {
    meaning:
      "a port that the local stack needs is taken; the message names it, its holder and the variable that changes it",
    next: "set that variable, or stop the other process",
    retryable: false,
  },
  STACK_BUSY: {
    meaning: "another command is starting processes in the same folder",
    next: "wait for it, then run the same command again",
    retryable: true,
  },
  HOME_NOT_WRITABLE: {
    meaning:
      "files of `WHETSTONE_HOME` cannot be written: its disk is full or read-only, or this user may not",
    next: "free space, or make it writable; a command that follows a sweep waits while the disk is full",
    retryable: true,
  },
  TEMPORAL_NOT_STARTED: {
    meaning:
      "the local Temporal server exited immediately or was not ready in time; the end of its log is quoted",
    next: "read the log that the message names",
    retryable: true,
  },
  ENGINE_NOT_STARTED: {
    meaning:
      "the local engine exited immediately or was not ready in time; the end of its log is quoted",
    next: "read the log that the message names",
    retryable: true,
  },
  WORKER_NOT_STARTED: {
    meaning:
      "the local worker exited immediately or was not ready in time; the end of its log is quoted",
    next: "read the log that the message names",
    retryable: true,
  },
  SERVICE_KEEPS_DYING: {
    meaning: "a local process exited repeatedly; the end of its log is quoted",
    next: "read the log that the message names",
    retryable: true,
  },
  ENGINE_MISSING: {
    meaning: "the engine's Python environment is missing: setup has not completed",
    next: "`npm run setup`",
    retryable: false,
  },
  TEMPORAL_MISSING: {
    meaning: "the Temporal CLI is neither on the PATH nor in the engine's Python environment",
    next: "`npm run setup`, or install it",
    retryable: false,
  },
  ENGINE_BUSY: {
    meaning: "the local engine serves another model for a running sweep",
    next: "wait for it, or cancel it",
    retryable: false,
  },
  TEMPORAL_UNREACHABLE: {
    meaning: "no Temporal server answers",
    next: "`npx whetstone dev up`, or check `TEMPORAL_ADDRESS`",
    retryable: true,
  },
  TEMPORAL_CERTIFICATE_INVALID: {
    meaning:
      "the Temporal server and this process do not accept each other's TLS certificates: one has expired, is of another authority or for another name",
    next: "replace it, start workers again, then run the same command again: nothing is lost",
    retryable: false,
  },
  PAYLOAD_KEYS_INVALID: {
    meaning:
      "a key in WHETSTONE_PAYLOAD_KEYS, or the file of keys, cannot be used; no key is quoted",
    next: "set it to an id and a key: `k1:$(openssl rand -base64 32)`",
    retryable: false,
  },
  PAYLOAD_KEY_MISSING: {
    meaning: "Temporal has data that was encrypted with a key that this process does not have",
    next: "set `WHETSTONE_PAYLOAD_KEYS` as it is where the sweep was started, and start workers and command again",
    retryable: true,
  },
  PAYLOAD_DAMAGED: {
    meaning: "a payload cannot be decrypted: the key of its id is another one, or it was changed",
    next: "correct the key of that id in `WHETSTONE_PAYLOAD_KEYS`",
    retryable: true,
  },
  TEMPORAL_NAMESPACE_MISSING: {
    meaning: "the Temporal server has no namespace of this name",
    next: "set `TEMPORAL_NAMESPACE`, or create the namespace",
    retryable: false,
  },
  TEMPORAL_SEARCH_ATTRIBUTES_MISSING: {
    meaning: "the namespace lacks Whetstone's search attributes, and this user may not add them",
    next: "ask an administrator to run the command that the message prints",
    retryable: false,
  },
  STORE_UNREACHABLE: {
    meaning: "the results database cannot be used",
    next: "check `WHETSTONE_DATABASE_URL`; the message says which part",
    retryable: true,
  },
  STORE_URL_INVALID: {
    meaning: "the database URL cannot be parsed",
    next: "`sqlite:<file>` or `postgres://user:password@host:port/database`",
    retryable: false,
  },
  STORE_VERSION_NEWER: {
    meaning: "a newer Whetstone wrote this database",
    next: "update, or name another database",
    retryable: false,
  },
  ARCHIVE_FILE_MISSING: {
    meaning: "there is no archive of this name, or it cannot be read",
    next: "name an existing file",
    retryable: false,
  },
  ARCHIVE_INVALID: {
    meaning:
      "the file is no archive of a sweep, or it is truncated or damaged; nothing was restored",
    next: "copy it again, or write it again with `npx whetstone archive SWEEP`",
    retryable: false,
  },
  ARCHIVE_VERSION_NEWER: {
    meaning: "a newer Whetstone wrote this archive",
    next: "update Whetstone",
    retryable: false,
  },
  ARCHIVE_TEXTS_MISSING: {
    meaning:
      "the archive leaves out texts of its data, and the data is not where the archive says, or has changed; the samples are named",
    next: "name the data with `--data NAME=PATH`, or restore results alone with `--no-texts`",
    retryable: false,
  },
  ARCHIVE_CONFLICT: {
    meaning:
      "the store has a sweep of this name whose config, samples or results differ from the archive's; nothing was restored",
    next: "restore into another store",
    retryable: false,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
