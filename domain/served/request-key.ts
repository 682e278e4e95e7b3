import { sha256Hex } from "../identity/hash.js";
import { canonicalJson } from "../json/canonical.js";

/** Key of a served request: SHA-256 over the served name, the tenant and the client's id. */
export function servedRequestKey(request: {
  /** Name of the config's sweep. */
  readonly sweep: string;
  readonly tenant: string;
  readonly requestId: string;
}): string {
  const { sweep, tenant, requestId } = request;
  return sha256Hex(canonicalJson({ sweep, tenant, requestId }));
}
