import type { EngineClient } from "../../engine-client/engine-client.js";
import type { TextSources } from "./text-source.js";
import type { Store } from "../../store/store.js";

/** Dependencies of activities on the cpu queue. */
export interface CpuDependencies {
  readonly store: Store;
  /** Version of Whetstone, stored with each result. */
  readonly toolVersion: string;
}

/** Dependencies of activities on the gpu queues. */
export interface GpuDependencies {
  readonly store: Store;
  readonly engine: EngineClient;
  /** Sources of generated texts: the engine, or other servers if the config names them. */
  readonly texts: TextSources;
  /** Folder for adapters passed to a sampler, which must see the same path. */
  readonly adapterDirectory: string;
  /** Identity of this worker, as shown in traces and in the Temporal UI. */
  readonly worker: string;
  /** This process's private task queue, which receives the steps that use its adapters. */
  readonly privateQueue: string;
}
