import { writeFileSync } from "node:fs";
import { renderConfigJsonSchema } from "../domain/config/published-schema.js";

/** Writes configs/whetstone.schema.json anew: `npx tsx configs/write-schema.ts`. */
writeFileSync(new URL("whetstone.schema.json", import.meta.url), renderConfigJsonSchema());
