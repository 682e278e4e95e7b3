import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { repositoryRoot } from "../repository.js";

/** The Temporal CLI: from the PATH, otherwise from engine/.venv. Throws TEMPORAL_MISSING. */
export function findTemporalCli(): string {
  if (answers("temporal")) return "temporal";
  const own = join(repositoryRoot, "engine", ".venv", "bin", "temporal");
  if (existsSync(own)) return own;
  throw new WhetstoneError("The Temporal CLI was found neither on the PATH nor in engine/.venv.", {
    code: "TEMPORAL_MISSING",
    hint: "npm run setup (or set TEMPORAL_ADDRESS to a running server)",
  });
}

function answers(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
