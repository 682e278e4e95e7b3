import type { SweepPlan } from "../../contracts/sweep-plan.js";
import type { RequestOptions } from "../../engine-client/http.js";

/** What an engine must be to work on a sweep: its model and, if it is recorded, its type of numbers. */
export function expectedEngine({
  modelFingerprint,
  dtype,
}: Pick<SweepPlan, "modelFingerprint" | "dtype">): Pick<
  RequestOptions,
  "expectedFingerprint" | "expectedDtype"
> {
  return {
    expectedFingerprint: modelFingerprint,
    ...(dtype === undefined || dtype === "any" ? {} : { expectedDtype: dtype }),
  };
}
