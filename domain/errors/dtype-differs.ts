import { WhetstoneError } from "./whetstone-error.js";

/** The engine computes in another type of numbers than the sweep's results so far; empty `actual`: it names none. */
export function dtypeDiffers(baseUrl: string, expected: string, actual: string): WhetstoneError {
  return new WhetstoneError(
    `The engine at ${baseUrl} computes in ${actual || "an unnamed type"}, the sweep in ${expected}.`,
    {
      code: "ENGINE_DTYPE_DIFFERS",
      hint: `Start the engine with --dtype ${expected}, or allow both with \`dtype: any\` in the config.`,
      details: { expected, actual },
    },
  );
}
