/** Status of a sweep in the store. */
export type SweepStatus = "planned" | "running" | "finished" | "stopped" | "cancelled";
