import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { privateGpuQueue } from "../contracts/queues-and-ids.js";

/** Identity of one GPU worker process, from start to exit. */
export interface GpuIdentity {
  /** Shown in traces: `<host>-<boot id>`. */
  readonly worker: string;
  /**
   * Task queue that only this process serves. A restarted worker has no adapters, so it must not
   * take its predecessor's tasks.
   */
  readonly privateQueue: string;
}

/** Creates a new identity; call once per process. */
export function createGpuIdentity(): GpuIdentity {
  const worker = `${hostname().toLowerCase()}-${randomBytes(4).toString("hex")}`;
  return { worker, privateQueue: privateGpuQueue(worker) };
}
