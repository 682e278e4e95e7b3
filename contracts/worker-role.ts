/** Roles of a worker process; each role polls its own task queues. */
export type WorkerRole = "orchestrator" | "cpu" | "gpu";
