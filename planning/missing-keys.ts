import type { ResolvedConfig } from "../domain/config/config.js";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import type { ServerSpec } from "../domain/config/variant.js";

/** An API key that the sweep will need and that this environment lacks. */
export interface MissingKey {
  readonly apiKeyEnv: string;
  readonly baseUrl: string;
  /** User of the key: "sampler", or the variants that the teacher serves. */
  readonly usedBy: string;
}

/**
 * Keys of teachers and sampler whose environment variable is not set. Servers on this machine are
 * skipped: they usually accept any key.
 */
export function findMissingKeys(
  { sampler, variants }: Pick<ResolvedConfig, "sampler" | "variants">,
  env: Readonly<Record<string, string | undefined>> = process.env,
): MissingKey[] {
  const servers: (readonly [string, ServerSpec])[] = [
    ...(sampler ? [["sampler", sampler] as const] : []),
    ...variants.flatMap(({ name, teacher }) => (teacher ? [[name, teacher] as const] : [])),
  ];
  const missing = new Map<string, MissingKey>();
  for (const [user, { apiKeyEnv, baseUrl }] of servers) {
    if (apiKeyEnv === undefined || (env[apiKeyEnv] ?? "") !== "" || isLoopback(baseUrl)) continue;
    const id = `${apiKeyEnv} ${baseUrl}`;
    const known = missing.get(id);
    const usedBy = known === undefined ? user : `${known.usedBy}, ${user}`;
    missing.set(id, { apiKeyEnv, baseUrl, usedBy });
  }
  return [...missing.values()];
}

/** One warning line for a plan. */
export function warnOfMissingKey({ apiKeyEnv, baseUrl, usedBy }: MissingKey): string {
  return `${apiKeyEnv} is not set here, the key for ${baseUrl} (${usedBy})`;
}

/** Throws `SAMPLER_KEY_MISSING` for the first of the keys. */
export function refuseMissingKeys([first]: readonly MissingKey[]): void {
  if (first === undefined) return;
  const { apiKeyEnv, baseUrl, usedBy } = first;
  throw new WhetstoneError(`${apiKeyEnv} is not set, the key for ${baseUrl} (${usedBy}).`, {
    code: "SAMPLER_KEY_MISSING",
    hint: `export ${apiKeyEnv}=..., and run the same command again; or name another server, or remove those variants.`,
    details: { baseUrl, apiKeyEnv },
  });
}

function isLoopback(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { hostname } = new URL(baseUrl);
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}
