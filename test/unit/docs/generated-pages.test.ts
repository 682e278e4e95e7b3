import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GENERATED_PAGES } from "../../../docs/generate/pages.js";
import { replaceBlock } from "../../../docs/generate/replace-block.js";

test.each(GENERATED_PAGES)("docs/$path is current (else: npm run docs)", ({ path, update }) => {
  const page = readFileSync(new URL(`../../../docs/${path}`, import.meta.url), "utf8");
  expect(page).toBe(update(page));
});

test("a page without the block is refused", () => {
  expect(() => replaceBlock("# Page\n", "codes", "text")).toThrow(
    "the page has no block of generated codes",
  );
});
