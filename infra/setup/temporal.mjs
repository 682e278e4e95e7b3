import { join } from "node:path";

import { readCommand } from "./command.mjs";
import { SetupError } from "./error.mjs";
import { executable } from "./uv.mjs";

/**
 * Describes the Temporal to use, in this order: the server at TEMPORAL_ADDRESS, `temporal` on the
 * PATH, the CLI in engine/.venv. Throws TEMPORAL_MISSING.
 */
export function findTemporal(root, env) {
  if (env.TEMPORAL_ADDRESS) return `server at ${env.TEMPORAL_ADDRESS}`;
  for (const command of ["temporal", executable(join(root, "engine", ".venv"), "temporal")]) {
    const version = readCommand(command, ["--version"]);
    if (version !== null) return version;
  }
  throw new SetupError(
    "TEMPORAL_MISSING",
    "The Temporal CLI was found neither on the PATH nor in engine/.venv.",
    "install it (https://docs.temporal.io/cli) or delete engine/.venv, then `npm run setup`",
  );
}
