/** One file to download from its publisher. */
export interface UpstreamFile {
  /** Its path relative to the import folder. */
  readonly path: string;
  readonly url: string;
}

/** A file of a repository at a fixed commit, so that its bytes do not change. */
function rawFile(repository: string, commit: string, path: string, to: string): UpstreamFile {
  return { path: to, url: `https://raw.githubusercontent.com/${repository}/${commit}/${path}` };
}

/** A test set as MadeAgents/Hammer publishes it. */
export function hammerFile(name: string): UpstreamFile {
  const commit = "ff415d9998180b5a68bbfdda3309ec04b472fb49";
  return rawFile("MadeAgents/Hammer", commit, `data/test/original/${name}`, name);
}

/** Queries and the Python files that define the functions. */
export const NEXUSRAVEN_FILES: readonly UpstreamFile[] = [
  "resources/cve_cpe_queries.json",
  "resources/emailrep_queries.json",
  "resources/virustotal_queries.json",
  "resources/toolalpaca_queries.json",
  "resources/cve_cpe_function_definitions.py",
  "resources/virustotal_function_definitions.py",
  "upload_standardized_api_list.py",
].map((path) =>
  rawFile(
    "nexusflowai/NexusRaven",
    "f32882763bb3e220722883821919c14abdd3d156",
    `raven/data/${path}`,
    path.replace("resources/", ""),
  ),
);

/** API-Bank as ToolRL publishes it, and Hammer's level 1, the source of five answers that are damaged in ToolRL's. */
export const TOOLRL_FILES: readonly UpstreamFile[] = [
  ...[1, 2].map((level) =>
    rawFile(
      "qiancheng0/ToolRL",
      "8cee13ec0ca72f0461da372a93a6fd8140dbb840",
      `benchmarks/API-Bank/level-${level}-api_processed.json`,
      `level-${level}-api_processed.json`,
    ),
  ),
  hammerFile("apibank_l1.json"),
];

/** ToolRL's training records, a mix of other data sets. */
export const TOOLRL_SFT_FILE: UpstreamFile = rawFile(
  "qiancheng0/ToolRL",
  "8cee13ec0ca72f0461da372a93a6fd8140dbb840",
  "dataset/rlla_4k_raw/rlla_sft.json",
  "rlla_sft.json",
);

/** Seal-Tools' dev split as prompts. */
export const SEALTOOL_DEV_FILE: UpstreamFile = rawFile(
  "fairyshine/Seal-Tools",
  "ce753ecd60ed08dd376984035de531ab8421f1c6",
  "Seal-Tools_Dataset/dataset_for_finetune/dev.json",
  "dev.json",
);

/** Questions of one category, and their answers if there are any. */
export function bfclFiles(category: string): UpstreamFile[] {
  const name = `BFCL_v4_${category}.json`;
  const names = category === "irrelevance" ? [name] : [name, `possible_answer/${name}`];
  return names.map((path) =>
    rawFile(
      "ShishirPatil/gorilla",
      "6ea57973c7a6097fd7c5915698c54c17c5b1b6c8",
      `berkeley-function-call-leaderboard/bfcl_eval/data/${path}`,
      path,
    ),
  );
}
