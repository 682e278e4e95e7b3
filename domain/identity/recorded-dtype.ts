import { isEngineDtype, type EngineDtype } from "../config/engine-dtype.js";
import { isObject } from "../json/scan.js";
import type { JsonObject } from "../json/value.js";

/** A stored sweep, reduced to what its engine is recorded in. */
interface Recorded {
  readonly provenance: JsonObject;
}

/** The type of numbers that a sweep's engine computes in; null if it was stored before types were recorded. */
export function readDtype({ provenance }: Recorded): EngineDtype | null {
  const engine = provenance["engine"];
  if (!isObject(engine)) return null;
  const { dtype } = engine;
  return isEngineDtype(dtype) ? dtype : null;
}

/** The provenance with this type recorded. */
export function recordDtype({ provenance }: Recorded, dtype: EngineDtype): JsonObject {
  return { ...provenance, engine: { dtype } };
}

/** The part of a step's key that says what it was computed in. Absent for float32 and what was not recorded. */
export function dtypeForKey(dtype: EngineDtype | "any" | undefined): {
  readonly dtype?: Exclude<EngineDtype, "float32"> | "any";
} {
  return dtype === undefined || dtype === "float32" ? {} : { dtype };
}
