/**
 * A small sweep that any model can run: grammars make every answer and pair parse, and the checks on pairs, which
 * need a model that has learnt its task, are off. Sweeps of one store share steps of the same seed, so a test
 * that wants the engine to work takes a seed of its own.
 */
export function smallConfig(
  sweep: string,
  variants: readonly string[],
  options: {
    readonly limit?: number;
    readonly calibration?: number;
    readonly seed?: number;
    /** Of answers; at 0 they do not depend on the seed, so that another sweep's may be recalled. */
    readonly temperature?: number;
    readonly run?: string;
  } = {},
): string[] {
  const { limit = 4, calibration = 0, seed = 0, temperature = 0 } = options;
  const { run = "concurrency: 8, partitions: 2" } = options;
  return [
    `sweep: ${sweep}`,
    `dataset: { format: lookalike, limit: ${limit}, calibration: ${calibration} }`,
    `seeds: [${seed}]`,
    `inference: { temperature: ${temperature}, maxTokens: 32, decoding: constrained }`,
    "synthesis:",
    "  decoding: constrained",
    "  maxTokens: 160",
    "  checks: { knownTool: false, argumentsFitSchema: false, differsFromSeed: false, grounded: false }",
    "training: { learningRate: 5e-3 }",
    `run: { ${run} }`,
    "variants:",
    ...variants.map((variant) => `  - ${variant}`),
  ];
}
