/** Types of numbers that an engine computes in. */
export const ENGINE_DTYPES = ["float32", "bfloat16", "float64"] as const;

/** Type of an engine's base weights and of the products with them; adapters are fp32, in float64 float64. */
export type EngineDtype = (typeof ENGINE_DTYPES)[number];

/** What a config may ask for: a type, or "any", which permits engines of different types in one sweep. */
export const CONFIG_DTYPES = ["float32", "bfloat16", "any"] as const;

/** See `CONFIG_DTYPES`. */
export type ConfigDtype = (typeof CONFIG_DTYPES)[number];

/** Whether a text names a type of engine. */
export function isEngineDtype(text: unknown): text is EngineDtype {
  return ENGINE_DTYPES.some((dtype) => dtype === text);
}
