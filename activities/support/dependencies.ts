import type { EngineClient } from "../../engine-client/engine-client.js";
import type { TextSources } from "./text-source.js";
import type { Store } from "../../store/store.js";

/** What activities on the cpu queue work with. */
export interface CpuDependencies {
  readonly store: Store;
  /** Version of Whetstone, kept with each result. */
  readonly toolVersion: string;
}

/** What activities on the gpu queues work with. */
export interface GpuDependencies {
  readonly store: Store;
  readonly engine: EngineClient;
  /** Who writes texts: the engine, or other servers by config. */
  readonly texts: TextSources;
  /** Folder for adapters that are handed over to a sampler; it must see the same path. */
  readonly adapterDirectory: string;
  /** Identity of this worker, as shown in traces and in the Temporal UI. */
  readonly worker: string;
  /** This process's private task queue: where steps on its adapters are sent. */
  readonly privateQueue: string;
}
