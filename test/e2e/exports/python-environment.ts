import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sha256Hex } from "../../../domain/identity/hash.js";
import { repositoryRoot } from "../../../infra/repository.js";

const run = promisify(execFile);

/** A Python environment with the packages of one requirements file, or why it cannot be had. */
export type PythonEnvironment =
  | { readonly skip: null; readonly python: string }
  | { readonly skip: string; readonly python: null };

/**
 * Provides the environment of `requirements/<name>.txt`, which no user of Whetstone needs: built once by uv from the
 * Python of the engine's environment, or from any of the wanted version if uv has one; kept in `node_modules/.cache`.
 */
export async function providePython(name: string, version?: string): Promise<PythonEnvironment> {
  const requirements = join(import.meta.dirname, "requirements", `${name}.txt`);
  const hash = sha256Hex(readFileSync(requirements, "utf8")).slice(0, 12);
  const cache = join(repositoryRoot, "node_modules", ".cache", "export-packages");
  const folder = join(cache, `${name}-${hash}`);
  const python = join(folder, "bin", "python");
  const stamp = join(folder, ".complete");
  if (existsSync(stamp)) return { skip: null, python };
  const uv = await findUv();
  if (uv === null) return { skip: "uv is not installed: `npm run setup`", python: null };
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    const base = version ?? join(repositoryRoot, "engine", ".venv", "bin", "python");
    await run(uv, ["venv", "--quiet", "--python", base, folder]);
    await run(uv, ["pip", "install", "--quiet", "--python", python, "-r", requirements]);
    await writeFile(stamp, "");
    return { skip: null, python };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = (stderr ?? message).trim().split("\n")[0] ?? "";
    console.warn(`skipped, the packages of ${name}.txt cannot be installed: ${reason}`);
    return { skip: `its packages cannot be installed: ${reason}`, python: null };
  }
}

/** uv on the PATH, or the copy that the set-up installed. */
async function findUv(): Promise<string | null> {
  for (const uv of ["uv", join(repositoryRoot, ".whetstone", "uv", "bin", "uv")]) {
    const isThere = await run(uv, ["--version"]).then(
      () => true,
      () => false,
    );
    if (isThere) return uv;
  }
  return null;
}

/** Runs a script of this folder; returns its lines of JSON. */
export async function runScript<Line>(
  { python }: PythonEnvironment,
  script: string,
  args: readonly string[],
): Promise<Line[]> {
  const path = join(import.meta.dirname, script);
  const { stdout } = await run(python ?? "", [path, ...args], { maxBuffer: 2 ** 28 });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}
