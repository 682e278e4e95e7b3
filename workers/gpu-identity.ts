import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { gpuQueue } from "../contracts/queues-and-ids.js";

/** Names of one boot of a GPU worker process. */
export interface GpuIdentity {
  /** As shown in traces: `<host>-<boot id>`. */
  readonly worker: string;
  /**
   * Task queue that only this boot serves. A restarted worker has no adapters, so it must not take
   * up what was meant for its predecessor.
   */
  readonly privateQueue: string;
}

/** A new identity; call once per process. */
export function createGpuIdentity(gpuClass: string): GpuIdentity {
  const worker = `${hostname().toLowerCase()}-${randomBytes(4).toString("hex")}`;
  return { worker, privateQueue: `${gpuQueue(gpuClass)}-${worker}` };
}
