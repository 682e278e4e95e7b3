import type { Method } from "../../domain/variant.js";
import type { SampleInput } from "../sample-input.js";
import { argmaxName } from "./argmax-name.js";
import { base } from "./base.js";
import { calibrate } from "./calibrate.js";
import type { MethodDefinition } from "./method.js";
import { ttSi } from "./tt-si.js";

const methods: Readonly<Record<Method, MethodDefinition>> = {
  base,
  "tt-si": ttSi,
  "argmax-name": argmaxName,
};

/** How this unit is answered. */
export function methodOf({ unit, variant }: SampleInput): MethodDefinition {
  return unit.role === "calibration" ? calibrate : methods[variant.method];
}
