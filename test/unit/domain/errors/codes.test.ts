import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CodeRecord } from "../../../../domain/errors/code-record.js";
import { CODE_GROUPS, ERROR_CODES, isErrorCode } from "../../../../domain/errors/codes.js";
import { WhetstoneError } from "../../../../domain/errors/whetstone-error.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const codes = Object.keys(ERROR_CODES);
const records: readonly CodeRecord[] = Object.values(ERROR_CODES);

const CODE = "([A-Z][A-Za-z]+|[A-Z]+(?:_[A-Z]+)*)";

/** Where a source gives an error its code. TypeScript's compiler checks those of `WhetstoneError`s too. */
const POSITIONS = [
  // Fields and constants: `code: "X"`, `errorCode: "X"`, `busy ? "X" : "Y"`.
  `\\b(?:c|errorC)ode: (?:[a-z]+ \\? "[A-Z_]+" : )?"${CODE}"`,
  `"${CODE}" satisfies ErrorCode`,
  `: ErrorCode = "${CODE}"`,
  // Comparisons.
  `\\berror\\.code [!=]== "${CODE}"`,
  `hasCode\\(error, "${CODE}"\\)`,
  // Errors of the set-up scripts and of workflows.
  `new SetupError\\(\\s*"${CODE}"`,
  `ApplicationFailure\\.\\w+\\(\\s*(?:\`[^\`]*\`|"[^"]*"),\\s*"${CODE}"`,
  // The engine, as it gives up.
  `_fail\\(f?"${CODE}:`,
].map((source) => new RegExp(source, "g"));

/** Codes of others that reach no user: SQLite's, Node's. */
const FOREIGN = /^(SQLITE_|E[A-Z]+$)/;

const sources = execFileSync(
  "git",
  ["ls-files", "*.ts", "*.mjs", "*.py", ":!test", ":!*/tests/*", ":!domain/errors/codes"],
  { cwd: root, encoding: "utf8" },
)
  .trim()
  .split("\n")
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

describe("error codes", () => {
  test("that a source uses are all on record", () => {
    const used = sources.flatMap(({ file, text }) =>
      POSITIONS.flatMap((position) => [...text.matchAll(position)])
        .map((match) => match[1])
        .filter((code) => code !== undefined && !FOREIGN.test(code))
        .map((code) => ({ file, code: code! })),
    );
    expect(new Set(used.map(({ code }) => code)).size).toBeGreaterThan(90);
    expect(used.filter(({ code }) => !isErrorCode(code))).toEqual([]);
  });

  test("on record are all used by a source", () => {
    const unused = codes.filter(
      (code) => !sources.some(({ text }) => new RegExp(`"${code}[":]`).test(text)),
    );
    expect(unused).toEqual([]);
  });

  test("are in one group each", () => {
    const grouped = CODE_GROUPS.flatMap((group) => Object.keys(group.codes));
    expect([...grouped].sort()).toEqual([...codes].sort());
  });

  test("cover every code of the engine's responses, each once", () => {
    const exceptions = sources.find(({ file }) => file.endsWith("/exceptions.py"));
    const engine = [...exceptions!.text.matchAll(/^ {4}code = "(\w+)"$/gm)].map(([, code]) => code);
    const known = records.flatMap(({ engineCodes = [] }) => engineCodes);
    expect(engine).toContain("internal_error");
    expect([...known].sort()).toEqual(engine.sort());
  });

  test("say what happened and what to do in one cell of a table", () => {
    for (const { meaning, next } of records) {
      for (const text of [meaning, next]) expect(text).toMatch(/^[^|\n]*[^|\n.]$/);
    }
  });
});

describe("an error", () => {
  test("is retryable if its code's record says so", () => {
    for (const code of ["ENGINE_OVERLOADED", "USAGE"] as const) {
      const error = new WhetstoneError("", { code, hint: "" });
      expect(error.retryable).toBe(ERROR_CODES[code].retryable);
    }
  });

  test("is what its thrower knows better", () => {
    const options = { code: "STORE_UNREACHABLE", hint: "", retryable: false } as const;
    expect(new WhetstoneError("", options).retryable).toBe(false);
  });
});
