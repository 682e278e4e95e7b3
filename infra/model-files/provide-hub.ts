import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isModelComplete, storedModelDirectory } from "./known.js";
import { runModelJob } from "./model-job.js";
import { createProgressMeter } from "./progress-meter.js";
import type { Report } from "./report.js";
import { storeModel } from "./store-model.js";
import { makeHomeFolder } from "../make-folder.js";

interface ResolvedModel {
  readonly commit: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

const COMMIT = /^[0-9a-f]{40}$/;

/**
 * The directory of a model of the Hugging Face Hub at one commit, downloaded on first use. What a branch or tag meant
 * then is kept, so that a sweep that resumes finds the same weights, also without network. Throws `MODEL_NOT_FOUND`,
 * `MODEL_REVISION_NOT_FOUND`, `MODEL_ACCESS_DENIED`, `MODEL_FETCH_FAILED`, `MODEL_UNSUPPORTED`,
 * `MODEL_HASH_MISMATCH`, `MODEL_DISK_FULL`.
 */
export async function provideHubModel(
  repository: string,
  revision: string | null,
  report: Report,
): Promise<string> {
  const known = readCommit(repository, revision);
  if (known !== null) {
    const directory = storedModelDirectory(directoryName(repository, known));
    if (isModelComplete(directory)) return directory;
  }
  const resolve = { kind: "hub-resolve", repository, revision: known ?? revision };
  const model = await runModelJob(resolve, () => undefined);
  if (model === null) throw new Error("hub-resolve ended without a result");
  const { commit, files } = model as unknown as ResolvedModel;
  const id = directoryName(repository, commit);
  const directory = await storeModel(id, report, async ({ target, cache }) => {
    const size = (files.reduce((sum, file) => sum + file.size, 0) / 1e6).toFixed(0);
    report.note(`model ${id}: commit ${commit} of ${repository}; downloaded once (${size} MB)`);
    await runModelJob(
      { kind: "hub-download", model, cache, target },
      createProgressMeter(id, report),
    );
  });
  keepCommit(repository, revision, commit);
  return directory;
}

function directoryName(repository: string, commit: string): string {
  return `${repository.replaceAll("/", "--")}-${commit.slice(0, 12)}`;
}

function commitFile(repository: string, revision: string | null): string {
  return storedModelDirectory(
    `.revisions/${encodeURIComponent(`${repository}@${revision ?? "main"}`)}`,
  );
}

function readCommit(repository: string, revision: string | null): string | null {
  if (revision !== null && COMMIT.test(revision)) return revision;
  const file = commitFile(repository, revision);
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return COMMIT.test(text) ? text : null;
}

function keepCommit(repository: string, revision: string | null, commit: string): void {
  const file = commitFile(repository, revision);
  makeHomeFolder(dirname(file));
  writeFileSync(`${file}.${process.pid}`, `${commit}\n`);
  renameSync(`${file}.${process.pid}`, file);
}
