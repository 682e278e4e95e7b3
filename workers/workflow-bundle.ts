import { fileURLToPath } from "node:url";
import type { Logger } from "@temporalio/worker";
import { bundleWorkflowCode } from "@temporalio/worker";

/**
 * Bundles workflows/ for the orchestrator worker. The sources import each other as `.js`, as NodeNext wants it;
 * run from source these are `.ts` files.
 */
export async function buildWorkflowBundle(logger: Logger): Promise<{ readonly code: string }> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url)),
    logger,
    webpackConfigHook: (config) => ({
      ...config,
      resolve: { ...config.resolve, extensionAlias: { ".js": [".ts", ".js"] } },
    }),
  });
}
