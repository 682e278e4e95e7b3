#!/usr/bin/env node
// Starts the CLI from its TypeScript sources, without a build step. tsx is registered in this
// process, so that signals reach Whetstone directly instead of a wrapper.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (existsSync(join(root, "node_modules", "tsx", "package.json"))) {
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await import("../cli/main.ts");
  await main(process.argv);
} else {
  process.stderr.write(
    "error SETUP_MISSING: The npm packages are not installed.\n  next: npm run setup\n",
  );
  process.exitCode = 1;
}
