import { createHash } from "node:crypto";

/** SHA-256 of a renderer's output for fixed inputs. */
export function hashRendered(rendered: unknown): string {
  return createHash("sha256").update(JSON.stringify(rendered)).digest("hex");
}
