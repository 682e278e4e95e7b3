import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { sha256Hex } from "../domain/identity/hash.js";
import type { JsonObject } from "../domain/json/value.js";
import { readToolVersion, repositoryRoot } from "../infra/repository.js";
import { maskDatabaseUrl } from "../store/database-url.js";

/** Lock files whose hashes pin every dependency. */
const LOCK_FILES = ["package-lock.json", join("engine", "uv.lock")];

/** Options and settings with secret values. */
const SECRET = /((?:token|secret|password|passwd|api[-_]?key)=)(.*)/i;

/** Input about one invocation of the tool. */
export interface InvocationInput {
  /** Arguments as typed, without node and the script. */
  readonly commandLine: readonly string[];
  readonly configPath: string | null;
  readonly overrides: readonly string[];
}

/** Tool, dependencies, machine and command of this process; never environment variables. */
export function describeInvocation(input: InvocationInput): JsonObject {
  return {
    startedAt: new Date().toISOString(),
    commandLine: maskSecrets(input.commandLine),
    configPath: input.configPath,
    overrides: maskSecrets(input.overrides),
    toolVersion: readToolVersion(),
    git: describeGit(),
    lockFiles: Object.fromEntries(LOCK_FILES.map((file) => [file, hashIfPresent(file)])),
    node: process.version,
    temporalSdk: readPackageVersion("@temporalio/client"),
    host: hostname(),
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Arguments with passwords, tokens and keys masked. */
export function maskSecrets(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const previous = words[index - 1] ?? "";
    if (/^--?[a-z-]*(token|secret|password|api-?key)$/i.test(previous)) return "***";
    return maskDatabaseUrl(word.replace(SECRET, "$1***"));
  });
}

function describeGit(): JsonObject | null {
  const git = (...words: string[]) =>
    execFileSync("git", words, {
      cwd: repositoryRoot,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 10_000,
    }).trim();
  try {
    return {
      commit: git("rev-parse", "HEAD"),
      dirty: git("status", "--porcelain", "--untracked-files=no") !== "",
    };
  } catch {
    // No git, or an unpacked archive: only the tool's version is known.
    return null;
  }
}

function hashIfPresent(file: string): string | null {
  const path = join(repositoryRoot, file);
  return existsSync(path) ? sha256Hex(readFileSync(path)) : null;
}

function readPackageVersion(name: string): string | null {
  const path = join(repositoryRoot, "node_modules", name, "package.json");
  if (!existsSync(path)) return null;
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}
