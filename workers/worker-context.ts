import type { Logger, NativeConnection } from "@temporalio/worker";
import type { Store } from "../store/store.js";

/** What all workers of one process share. */
export interface WorkerContext {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly store: Store;
  readonly logger: Logger;
  /** Folder of everything local. */
  readonly home: string;
}

/** Running steps get this long to end after a shutdown was asked for. */
export const SHUTDOWN_GRACE_TIME = "10s";
