import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "@temporalio/worker";
import { bundleWorkflowCode } from "@temporalio/worker";
import { isDiskFull } from "../infra/full-disk.js";
import { repositoryRoot } from "../infra/repository.js";

/** Entry file of workflows/: with `versioned`, workflows say which version they run on. */
type Entry = "index" | "versioned";

/** Source folders that the workflow bundle contains. */
const SOURCE_FOLDERS = ["workflows", "contracts", "domain"];

/**
 * The bundle of workflows/ for the orchestrator worker, built once per version of its sources and
 * cached in `<home>/cache`: a build takes several seconds.
 */
export async function loadWorkflowBundle(
  home: string,
  logger: Logger,
  entry: Entry,
): Promise<{ readonly code: string }> {
  const folder = join(home, "cache");
  const path = join(folder, `workflows-${entry}-${hashSources()}.js`);
  const kept = readIfPresent(path);
  if (kept !== null) return { code: kept };
  const { code } = await buildWorkflowBundle(logger, entry);
  mkdirSync(folder, { recursive: true });
  // Written to a temporary file and renamed, so that a reader never sees a partial bundle.
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, code);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!isDiskFull(error)) throw error;
  }
  return { code };
}

/**
 * Bundles workflows/. The sources import each other as `.js`, as NodeNext requires; when run from
 * source, these are `.ts` files.
 */
export async function buildWorkflowBundle(
  logger: Logger,
  entry: Entry = "index",
): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath: join(repositoryRoot, "workflows", `${entry}.${sourceExtension}`),
    logger,
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, extensionAlias: { ".js": [".ts", ".js"] } },
    }),
  });
}

const sourceExtension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/**
 * Changes with any source file, and with the lock file, because the bundle contains Temporal's own
 * code.
 */
function hashSources(): string {
  const hash = createHash("sha256");
  for (const folder of SOURCE_FOLDERS) {
    const files = readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(`.${sourceExtension}`)).sort()) {
      hash.update(`${folder}/${file}\n`).update(readFileSync(join(repositoryRoot, folder, file)));
    }
  }
  return hash
    .update(readIfPresent(join(repositoryRoot, "package-lock.json")) ?? "")
    .digest("hex")
    .slice(0, 16);
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
