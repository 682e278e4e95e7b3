import { CancelledFailure } from "@temporalio/workflow";
import type { UnitError } from "../contracts/unit-error.js";

/** The error of a unit whose workflow was cancelled or terminated from outside. */
export function describeInterruption(cause: unknown): UnitError {
  const how = cause instanceof CancelledFailure ? "cancelled" : "terminated";
  return {
    code: how === "cancelled" ? "UNIT_CANCELLED" : "UNIT_TERMINATED",
    message: `The workflow of this unit was ${how}.`,
  };
}
