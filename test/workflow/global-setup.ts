import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { TestProject } from "vitest/node";
import { repositoryRoot } from "../../infra/repository.js";
import type { TestServers } from "./harness.js";
import { startServers } from "./servers.js";

declare module "vitest" {
  interface ProvidedContext {
    servers: TestServers;
  }
}

/** One Temporal server with a namespace per test file, and one engine, for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { servers, stop } = await startServers(listNamespaces());
  project.provide("servers", servers);
  return stop;
}

/** Task queues have fixed names, so each test file has its own namespace, named after it. */
function listNamespaces(): string[] {
  return ["workflow", "replay"].flatMap((folder) =>
    readdirSync(join(repositoryRoot, "test", folder))
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => basename(file, ".test.ts")),
  );
}
