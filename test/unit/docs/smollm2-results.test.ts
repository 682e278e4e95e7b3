import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

it("the document shows the tables that the committed results give", () => {
  const printed = execFileSync("npx", ["tsx", "configs/smollm2/tabulate.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  const tables = printed
    .split(/^## /m)
    .slice(1)
    .map((part) => part.slice(part.indexOf("\n")).trim());
  const document = readFileSync(`${root}/docs/results-smollm2.md`, "utf8");
  expect(tables.length).toBeGreaterThan(6);
  for (const table of tables) expect(document).toContain(table);
}, 60_000);
