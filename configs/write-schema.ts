import { writeFileSync } from "node:fs";
import { renderConfigJsonSchema } from "../domain/config/published-schema.js";

/** Regenerates configs/whetstone.schema.json: `npx tsx configs/write-schema.ts`. */
writeFileSync(new URL("whetstone.schema.json", import.meta.url), renderConfigJsonSchema());
