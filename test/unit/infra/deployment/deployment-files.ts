import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { repositoryRoot } from "../../../../infra/repository.js";

const FOLDERS = ["docker", "compose", "kubernetes", "slurm", "systemd"];

/** A file below one of the folders that deploy Whetstone. */
export interface DeploymentFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file that deploys Whetstone, READMEs included. */
export function listDeploymentFiles(): readonly DeploymentFile[] {
  return FOLDERS.flatMap((folder) => list(`infra/${folder}`));
}

function list(folder: string): DeploymentFile[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? list(path) : [{ path, text: readText(path) }];
  });
}

/** Text of a file, by its path from the repository's root. */
export function readText(path: string): string {
  return readFileSync(join(repositoryRoot, path), "utf8");
}

/** A value in a YAML file. Tests read what they expect; a missing field is undefined. */
export interface Node {
  readonly [key: string]: Node | undefined;
  readonly [Symbol.iterator]: () => Iterator<Node>;
}

/** A scalar as text; anything else as JSON. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** All documents of a YAML file. Throws if one has an error or a warning. */
export function readDocuments(path: string): readonly Node[] {
  return parseAllDocuments(readText(path), { merge: true }).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
    return document.toJS() as Node;
  });
}

/** The Kubernetes resources of the base. */
export function readResources(): readonly Node[] {
  return listDeploymentFiles()
    .filter(({ path }) => path.startsWith("infra/kubernetes/base/") && path.endsWith(".yaml"))
    .flatMap(({ path }) => readDocuments(path));
}
