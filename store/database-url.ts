import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** The parsed URL of a results database. */
export type DatabaseAddress =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string };

/**
 * Parses `sqlite:<path>`, `postgres://…` or `postgresql://…`. Throws `STORE_URL_INVALID` for
 * anything else.
 */
export function parseDatabaseUrl(databaseUrl: string): DatabaseAddress {
  if (databaseUrl.startsWith("sqlite:")) {
    const path = databaseUrl.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
    if (path !== "" && !path.startsWith("//")) return { kind: "sqlite", path };
  }
  if (/^postgres(ql)?:\/\/./.test(databaseUrl) && URL.canParse(databaseUrl)) {
    return { kind: "postgres", url: databaseUrl };
  }
  throw new WhetstoneError(
    `The database URL ${JSON.stringify(maskDatabaseUrl(databaseUrl))} is not valid.`,
    {
      code: "STORE_URL_INVALID",
      hint: "Set WHETSTONE_DATABASE_URL to sqlite:<file> or postgres://user:password@host:port/database.",
    },
  );
}

/** The URL without its password, for messages and logs. */
export function maskDatabaseUrl(databaseUrl: string): string {
  return databaseUrl
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):.*@(?=[^@]*$)/i, "$1:***@")
    .replace(/([?&](?:password|sslpassword)=)[^&#]*/gi, "$1***");
}
