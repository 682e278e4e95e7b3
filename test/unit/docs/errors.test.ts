import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const folders = [
  "activities",
  "cli",
  "datasets",
  "domain",
  "engine-client",
  "infra",
  "planning",
  "prompts",
  "report",
  "sampler",
  "store",
  "workers",
  "workflows",
];

/** Every `code: "X"` in the sources. */
function codesInSources(): Set<string> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(root, folder, name)),
  );
  const codes = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\b(?:c|errorC)ode: "([A-Z]+_[A-Z_]+|USAGE)"/g)].map(
      (match) => match[1]!,
    ),
  );
  // Error codes of the database driver, which never reach a user.
  return new Set(codes.filter((code) => !code.startsWith("SQLITE_")));
}

test("every error code of the sources is explained in docs/errors.md", () => {
  const page = readFileSync(join(root, "docs", "errors.md"), "utf8");
  const codes = codesInSources();
  expect(codes.size).toBeGreaterThan(30);
  const missing = [...codes].filter((code) => !page.includes(`\`${code}\``));
  expect(missing).toEqual([]);
});
