/**
 * Types of the setup modules for tests. Setup is plain JavaScript, because it runs before anything
 * is installed.
 */
export interface SetupModules {
  readonly versions: {
    isAtLeast(version: string, minimum: string): boolean;
    checkNode(version: string, minimum: string): void;
    checkGit(read: ReadCommand): void;
    findPython(env: NodeJS.ProcessEnv, read: ReadCommand): string;
  };
  readonly stamp: {
    hashInputs(files: readonly string[], texts?: readonly string[]): string;
    isStamped(file: string, hash: string): boolean;
    leaveStamp(file: string, hash: string): void;
  };
}

/** First line that a command prints, or null. */
export type ReadCommand = (command: string, args: readonly string[]) => string | null;

/** Loads the setup modules. */
export async function loadSetupModules(): Promise<SetupModules> {
  const load = (name: string): Promise<unknown> =>
    import(/* @vite-ignore */ `../../../../infra/setup/${name}.mjs`);
  return {
    versions: (await load("versions")) as SetupModules["versions"],
    stamp: (await load("stamp")) as SetupModules["stamp"],
  };
}
