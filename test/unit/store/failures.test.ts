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

it.each(["SQLITE_READONLY", "SQLITE_CORRUPT", "28P01"])("%s is not", (code) => {
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
