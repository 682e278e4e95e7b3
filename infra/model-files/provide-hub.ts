import { commitDirectory, keepCommit, readCommit } from "./hub-commits.js";
import { isModelComplete, storedModelDirectory } from "./known.js";
import { runModelJob } from "./model-job.js";
import { createProgressMeter } from "./progress-meter.js";
import type { Report } from "./report.js";
import { storeModel } from "./store-model.js";

interface ResolvedModel {
  readonly commit: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

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
  const models = storedModelDirectory("");
  const known = readCommit(models, repository, revision);
  if (known !== null) {
    const directory = storedModelDirectory(commitDirectory(repository, known));
    if (isModelComplete(directory)) return directory;
  }
  const resolve = { kind: "hub-resolve", repository, revision: known ?? revision };
  const model = await runModelJob(resolve, () => undefined);
  if (model === null) throw new Error("hub-resolve ended without a result");
  const { commit, files } = model as unknown as ResolvedModel;
  const id = commitDirectory(repository, commit);
  const directory = await storeModel(id, report, async ({ target, cache }) => {
    const size = (files.reduce((sum, file) => sum + file.size, 0) / 1e6).toFixed(0);
    report.note(`model ${id}: commit ${commit} of ${repository}; downloaded once (${size} MB)`);
    await runModelJob(
      { kind: "hub-download", model, cache, target },
      createProgressMeter(`model ${id}`, report),
    );
  });
  keepCommit(models, repository, revision, commit);
  return directory;
}
