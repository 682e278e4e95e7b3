/** Lifecycle of a sweep as the store knows it. */
export type SweepStatus = "planned" | "running" | "finished" | "stopped" | "cancelled";
