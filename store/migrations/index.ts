import type { Migration } from "kysely";
import { initial } from "./0001-initial.js";
import { attemptUsage } from "./0002-attempt-usage.js";
import { attemptPlace } from "./0003-attempt-place.js";
import { largeSweeps } from "./0004-large-sweeps.js";
import { servedRequests } from "./0005-served-requests.js";
import { servedFeedback } from "./0006-served-feedback.js";

/** Every migration by name. Names sort in execution order and never change. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-initial": initial,
  "0002-attempt-usage": attemptUsage,
  "0003-attempt-place": attemptPlace,
  "0004-large-sweeps": largeSweeps,
  "0005-served-requests": servedRequests,
  "0006-served-feedback": servedFeedback,
};
