import type { DataConverter } from "@temporalio/common";
import type { Logger, NativeConnection, WorkerInterceptors } from "@temporalio/worker";
import type { Store } from "../store/store.js";

/** Resources shared by all workers of one process. */
export interface WorkerContext {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Encrypts and decrypts what Temporal stores. */
  readonly dataConverter: DataConverter;
  readonly store: Store;
  readonly logger: Logger;
  /** Folder of all local state. */
  readonly home: string;
  /** Version of these workers among others that run at the same time; null: there is one. */
  readonly deploymentVersion: string | null;
  /** Measures every activity. */
  readonly interceptors: WorkerInterceptors;
}

/** Grace period for running steps after a shutdown request. */
export const SHUTDOWN_GRACE_TIME = "10s";
