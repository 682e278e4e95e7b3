/** What a worker process can take from the task queues. */
export type WorkerRole = "orchestrator" | "cpu" | "gpu";
