/** A file of a data set on the Hugging Face Hub. */
export interface HubPath {
  /** `ORG/NAME`. */
  readonly repository: string;
  /** Branch, tag or commit; null: the main branch. */
  readonly revision: string | null;
  /** Path in the repository; null: its only JSON file. */
  readonly file: string | null;
}

const SCHEME = "hf:";

/** A slash in a revision is written %2F, because the first slash after ORG/NAME begins the file. */
const PATTERN = /^hf:([A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)(?:@([^/]+))?(?:\/(.+))?$/;

/** Whether a data set's path names one on the Hub rather than a file of this machine. */
export function isHubPath(path: string): boolean {
  return path.startsWith(SCHEME);
}

/** Reads `hf:ORG/NAME[@REVISION][/FILE]`; null if the text is none. */
export function readHubPath(path: string): HubPath | null {
  const [, repository, revision, file] = PATTERN.exec(path) ?? [];
  if (repository === undefined) return null;
  return {
    repository,
    revision: revision?.replace(/%2F/gi, "/") ?? null,
    file: file ?? null,
  };
}
