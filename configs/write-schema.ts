import { writeFileSync } from "node:fs";
import { renderConfigJsonSchema } from "../domain/config/published-schema.js";

/** Regenerates configs/whetstone.schema.json; part of `npm run docs`. */
writeFileSync(new URL("whetstone.schema.json", import.meta.url), renderConfigJsonSchema());
