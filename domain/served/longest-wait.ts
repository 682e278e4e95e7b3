/** How long one response to a served request may take, and so its longest latency budget, milliseconds. */
export const LONGEST_WAIT_MS = 600_000;
