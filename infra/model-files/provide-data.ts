import { existsSync } from "node:fs";
import { join } from "node:path";
import { isHubPath, readHubPath, type HubPath } from "../../domain/config/hub-path.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { sha256Hex } from "../../domain/identity/hash.js";
import { loadSettings } from "../settings.js";
import { commitDirectory, keepCommit, readCommit } from "./hub-commits.js";
import { runModelJob } from "./model-job.js";
import { readSource } from "./read-source.js";
import { createProgressMeter } from "./progress-meter.js";
import type { Report } from "./report.js";
import { stderrReport } from "./report.js";
import { storeFolder } from "./store-folder.js";

interface ResolvedData {
  readonly commit: string;
  readonly files: readonly { readonly name: string; readonly size: number }[];
}

/**
 * A data set whose `path` is on this machine: `hf:ORG/NAME[@REVISION][/FILE]` is downloaded on first use, any other is
 * kept. What a branch or tag meant then is kept, so that a sweep that resumes reads the same records, also without
 * network. Throws `DATASET_NOT_FOUND`, `DATASET_REVISION_NOT_FOUND`, `DATASET_ACCESS_DENIED`,
 * `DATASET_FILE_UNNAMED`, `DATASET_FETCH_FAILED`, `DATASET_HASH_MISMATCH`, `MODEL_DISK_FULL`.
 */
export async function provideData<Spec extends { readonly path?: string }>(
  spec: Spec,
  report: Report = stderrReport,
): Promise<Spec> {
  if (spec.path === undefined || !isHubPath(spec.path)) return spec;
  const place = readHubPath(spec.path);
  if (place === null) {
    throw new WhetstoneError(`${spec.path} does not name a data set on the Hub.`, {
      code: "DATASET_NOT_FOUND",
      hint: "write it as hf:ORG/NAME, hf:ORG/NAME@REVISION or hf:ORG/NAME@REVISION/FILE",
    });
  }
  return { ...spec, path: await provideHubData(place, report) };
}

async function provideHubData(place: HubPath, report: Report): Promise<string> {
  const { repository, revision, file } = place;
  const folder = join(loadSettings().home, "hub-data");
  const directoryOf = (commit: string): string => {
    // Each file that a config names has its own directory.
    const part = file === null ? "" : `-${sha256Hex(file).slice(0, 8)}`;
    return join(folder, `${commitDirectory(repository, commit)}${part}`);
  };
  const known = readCommit(folder, repository, revision);
  if (known !== null && isDataComplete(directoryOf(known))) return locateFile(directoryOf(known));
  const resolve = { kind: "hub-data-resolve", repository, revision: known ?? revision, file };
  const data = await runModelJob(resolve, () => undefined);
  if (data === null) throw new Error("hub-data-resolve ended without a result");
  const { commit, files } = data as unknown as ResolvedData;
  const title = `data set ${repository}`;
  const stored = { directory: directoryOf(commit), title, isComplete: isDataComplete };
  const directory = await storeFolder(stored, report, async ({ target, cache }) => {
    const size = (files.reduce((sum, each) => sum + each.size, 0) / 1e6).toFixed(1);
    const names = files.map(({ name }) => name).join(", ");
    report.note(`${title}: ${names} of commit ${commit}; downloaded once (${size} MB)`);
    await runModelJob(
      { kind: "hub-data-download", data, cache, target },
      createProgressMeter(title, report),
    );
  });
  keepCommit(folder, repository, revision, commit);
  return locateFile(directory);
}

function isDataComplete(directory: string): boolean {
  return readSource(directory) !== null && existsSync(locateFile(directory));
}

/** The one file of a stored data set, which its source names. */
function locateFile(directory: string): string {
  const { files } = readSource(directory) as unknown as { files: Readonly<Record<string, string>> };
  return join(directory, Object.keys(files)[0] ?? "");
}
