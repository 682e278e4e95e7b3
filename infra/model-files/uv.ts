import { isErrorCode } from "../../domain/errors/codes.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { repositoryRoot } from "../repository.js";

/** The setup functions (plain JavaScript) that are used here. */
interface UvModule {
  readonly findOrInstallUv: (root: string, python: string, progress: unknown) => string;
}
interface VersionsModule {
  readonly findPython: (env: NodeJS.ProcessEnv) => string;
}
interface ProgressModule {
  readonly createProgress: () => unknown;
}

/**
 * Path of uv, installed by the setup step if it is missing. Throws `UV_INSTALL_FAILED` and others.
 */
export async function findUv(): Promise<string> {
  const load = (name: string): Promise<unknown> => import(`../setup/${name}.mjs`);
  const { findOrInstallUv } = (await load("uv")) as UvModule;
  const { findPython } = (await load("versions")) as VersionsModule;
  const { createProgress } = (await load("progress")) as ProgressModule;
  try {
    return findOrInstallUv(repositoryRoot, findPython(process.env), createProgress());
  } catch (error) {
    const { code, hint, message } = error as { code?: string; hint?: string; message: string };
    if (code === undefined || hint === undefined || !isErrorCode(code)) throw error;
    throw new WhetstoneError(message, { code, hint, cause: error });
  }
}
