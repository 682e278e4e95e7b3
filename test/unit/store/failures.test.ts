import { expect, it } from "vitest";
import { describeFailure, runStatement } from "../../../store/failures.js";

const failed = (code: string, message = "failed") => Object.assign(new Error(message), { code });

it.each([
  ["SQLITE_FULL", "database or disk is full"],
  ["53100", "could not extend file"],
  ["ENOSPC", "no space left on device"],
])("a full disk (%s) is worth waiting for", (code, message) => {
  expect(describeFailure("sqlite:x.db", failed(code, message))).toMatchObject({
    code: "STORE_UNREACHABLE",
    retryable: true,
    hint: "Free space on its disk; running work then goes on by itself.",
  });
});

it.each([
  ["SQLITE_READONLY", "attempt to write a readonly database"],
  ["SQLITE_READONLY_DBMOVED", "attempt to write a readonly database"],
  ["25006", "cannot execute INSERT in a read-only transaction"],
])("a read-only database (%s) is worth waiting for", (code, message) => {
  expect(describeFailure("x", failed(code, message))).toMatchObject({
    code: "STORE_UNREACHABLE",
    message: `The results database x cannot be used: ${message}`,
    retryable: true,
    hint: "Make the database writable, file and folder or server; running work then goes on by itself.",
  });
});

it("a disk that fails is worth waiting for, and to be looked at", () => {
  expect(describeFailure("x", failed("SQLITE_IOERR_SHMSIZE", "disk I/O error"))).toMatchObject({
    retryable: true,
    hint: "Check its disk: free space (`df -h`) and errors (`dmesg`); running work goes on by itself once it can be written.",
  });
});

it("a lock that another process never gives back is worth waiting for", () => {
  const locked = failed("SQLITE_BUSY", "database is locked");
  expect(describeFailure("x", locked)).toMatchObject({
    code: "STORE_UNREACHABLE",
    retryable: true,
    hint: "Another process has held its lock for a minute: end that one (`fuser FILE` names it); running work then goes on by itself.",
  });
});

it.each(["SQLITE_CANTOPEN", "SQLITE_CORRUPT", "28P01"])("%s is not", (code) => {
  expect(describeFailure("x", failed(code))).toMatchObject({
    code: "STORE_UNREACHABLE",
    retryable: false,
  });
});

it("leaves other errors alone", () => {
  const error = failed("23505", "duplicate key");
  expect(describeFailure("x", error)).toBe(error);
});

it("says once that a statement waits", async () => {
  const said: string[] = [];
  let attempts = 0;
  const busy = () => {
    attempts += 1;
    return attempts < 4
      ? Promise.reject(failed("SQLITE_BUSY", "database is locked"))
      : Promise.resolve("done");
  };
  expect(await runStatement("sqlite:x.db", busy, (line) => said.push(line))).toBe("done");
  expect(said).toEqual([
    "The results database sqlite:x.db is locked by another process; waiting for it.",
  ]);
});
