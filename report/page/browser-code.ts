import { readFileSync } from "node:fs";
import { EXACT_NUMBER_OBJECT } from "../../domain/json/exact-number.js";

/** The page's modules, in dependency order. */
const MODULES = [
  "dom.js",
  "unpack.js",
  "state.js",
  "describe-filters.js",
  "filter.js",
  "grid.js",
  "controls.js",
  "diff.js",
  "charts.js",
  "sample-parts.js",
  "sample-steps.js",
  "sample-answers.js",
  "sample-page.js",
  "explorer.js",
  "theme.js",
  "live.js",
  "main.js",
];

/** What the modules import from other folders, by name. */
const PATTERNS = { EXACT_NUMBER_OBJECT };

const folder = new URL("./browser/", import.meta.url);

/**
 * The page's script as one module: the files of `browser/` in order, without imports and exports, after the patterns
 * that they share with other folders.
 * Their top-level names must be unique; the browser rejects duplicates.
 */
export function readBrowserCode(): string {
  const patterns = Object.entries(PATTERNS).map(([name, value]) => `const ${name} = ${value};`);
  const code = [...patterns, ...MODULES.map((name) => readText(name))]
    .join("\n")
    .replace(/^import [^;]*;\n/gm, "")
    .replace(/^export /gm, "");
  if (/<\/script|<!--/i.test(code)) throw new Error("the page's script would end its own element");
  return code;
}

/** The page's style sheet. */
export function readStyles(): string {
  return ["base.css", "report.css", "explorer.css", "sample.css"].map(readText).join("\n");
}

function readText(name: string): string {
  return readFileSync(new URL(name, folder), "utf8");
}
