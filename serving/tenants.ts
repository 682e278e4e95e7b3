import { createHash, timingSafeEqual } from "node:crypto";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { splitSecretPairs } from "../infra/secret-pairs.js";

/** Environment variable with the tokens of all tenants. */
const TOKENS_VARIABLE = "WHETSTONE_SERVE_TOKENS";

/** The tenant of every request if there are no tokens. */
const ONLY_TENANT = "local";

const TENANT_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Shorter tokens can be guessed. */
const SHORTEST_TOKEN = 8;

/** Who may ask, and as whom. */
export interface Tenants {
  /** Whether everybody who reaches the endpoint may ask. */
  readonly isOpen: boolean;
  /** The tenant of a request with this `Authorization` header; null if there is none. */
  find(authorization: string | undefined): string | null;
}

/**
 * Reads `tenant:token` pairs from WHETSTONE_SERVE_TOKENS; a tenant may have several tokens. Without any, every request
 * is the tenant `local`'s. Keeps hashes only. Throws `SERVE_TOKENS_INVALID`, which quotes no token.
 */
export function readTenants(environment: NodeJS.ProcessEnv = process.env): Tenants {
  const pairs = splitSecretPairs(environment[TOKENS_VARIABLE] ?? "");
  if (pairs.length === 0) return { isOpen: true, find: () => ONLY_TENANT };
  const entries = pairs.map(({ name: tenant, secret: token }, index) => {
    if (!TENANT_NAME.test(tenant)) {
      throw invalid(index, "does not begin with a tenant's name and a colon");
    }
    if (token.length < SHORTEST_TOKEN) {
      throw invalid(index, `has a token of fewer than ${SHORTEST_TOKEN} characters`);
    }
    return { tenant, digest: digestOf(token) };
  });
  return {
    isOpen: false,
    find(authorization) {
      const given = digestOf(/^Bearer (.+)$/i.exec(authorization ?? "")?.[1] ?? "");
      // All of them are compared, whichever fits, so that the time says nothing.
      const fitting = entries.filter(({ digest }) => timingSafeEqual(digest, given));
      return fitting[0]?.tenant ?? null;
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function invalid(index: number, problem: string): WhetstoneError {
  return new WhetstoneError(`Pair ${index + 1} of ${TOKENS_VARIABLE} ${problem}.`, {
    code: "SERVE_TOKENS_INVALID",
    hint: `set ${TOKENS_VARIABLE} to pairs such as app:$(openssl rand -hex 24); names have lower-case letters, digits and hyphens`,
  });
}

/** Whether only this machine can reach an address. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** Throws `SERVE_TOKENS_MISSING` for an open endpoint that other machines can reach. */
export function requireTokens(tenants: Tenants, host: string): void {
  if (!tenants.isOpen || isLoopback(host)) return;
  throw new WhetstoneError(`Other machines can reach ${host}, and no token is set.`, {
    code: "SERVE_TOKENS_MISSING",
    hint: `set ${TOKENS_VARIABLE}=tenant:token, or leave out --host to serve this machine only`,
  });
}
