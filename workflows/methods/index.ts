import type { Method } from "../../domain/variant.js";
import type { SampleInput } from "../sample-input.js";
import type { UnitRun } from "../unit-run.js";
import { argmaxName } from "./argmax-name.js";
import { base } from "./base.js";
import { calibrate } from "./calibrate.js";
import { ttSi } from "./tt-si.js";

/** Answers one unit; everything that happened is noted in the run. */
export type MethodFunction = (run: UnitRun) => Promise<void>;

const methods: Readonly<Record<Method, MethodFunction>> = {
  base,
  "tt-si": ttSi,
  "argmax-name": argmaxName,
};

/** The function that answers this unit. */
export function methodOf({ unit, variant }: SampleInput): MethodFunction {
  return unit.role === "calibration" ? calibrate : methods[variant.method];
}
