import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED_PAGES } from "./pages.js";

for (const { path, update } of GENERATED_PAGES) {
  const file = new URL(`../${path}`, import.meta.url);
  writeFileSync(file, update(readFileSync(file, "utf8")));
}
