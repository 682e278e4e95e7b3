import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { repositoryRoot } from "../../../infra/repository.js";

it("the document shows the tables that the committed results give", () => {
  const script = join(repositoryRoot, "configs", "smollm2", "tabulate.ts");
  const printed = execFileSync(process.execPath, ["--import", "tsx", script], {
    encoding: "utf8",
  });
  const tables = printed
    .split(/^## /m)
    .slice(1)
    .map((part) => part.slice(part.indexOf("\n")).trim());
  const document = readFileSync(join(repositoryRoot, "docs", "results-smollm2.md"), "utf8");
  expect(tables.length).toBeGreaterThan(6);
  for (const table of tables) expect(document).toContain(table);
}, 60_000);
