#!/usr/bin/env node
// Starts the CLI from its TypeScript sources, without a build step. tsx is registered in this
// process, so that signals reach Whetstone directly instead of a wrapper.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Answers a question for the version alone, which needs neither tsx nor the sources; false if it cannot be written. */
function printVersion() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  try {
    writeFileSync(process.stdout.fd, `${version}\n`);
    return true;
  } catch {
    return false;
  }
}

const words = process.argv.slice(2);
const isVersion = words.length === 1 && (words[0] === "--version" || words[0] === "-V");

// If the version cannot be written, the CLI says why.
if (!isVersion || !printVersion()) {
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
}
