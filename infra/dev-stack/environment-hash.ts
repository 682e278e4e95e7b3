import { createHash } from "node:crypto";
import process from "node:process";

/**
 * Hash over the values of environment variables. A pid file stores it to detect that a process was
 * started with other values, without containing the values.
 */
export function hashEnvironment(
  isRelevant: (name: string) => boolean,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const lines = Object.entries(environment)
    .filter(([name]) => isRelevant(name))
    .map(([name, value]) => `${name}=${value ?? ""}`)
    .sort();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
