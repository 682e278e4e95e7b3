import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeHomeFolder } from "../make-folder.js";

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The commit that a revision of a repository means on this machine: itself if it is one, else what a branch or tag
 * meant when it was first used; null if it was not used yet. `folder` holds what was downloaded.
 */
export function readCommit(
  folder: string,
  repository: string,
  revision: string | null,
): string | null {
  if (revision !== null && COMMIT.test(revision)) return revision;
  const file = commitFile(folder, repository, revision);
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return COMMIT.test(text) ? text : null;
}

/** Keeps what a revision means now. */
export function keepCommit(
  folder: string,
  repository: string,
  revision: string | null,
  commit: string,
): void {
  const file = commitFile(folder, repository, revision);
  makeHomeFolder(dirname(file));
  writeFileSync(`${file}.${process.pid}`, `${commit}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

/** Name of the directory of a repository's commit. */
export function commitDirectory(repository: string, commit: string): string {
  return `${repository.replaceAll("/", "--")}-${commit.slice(0, 12)}`;
}

function commitFile(folder: string, repository: string, revision: string | null): string {
  return join(folder, ".revisions", encodeURIComponent(`${repository}@${revision ?? "main"}`));
}
