/**
 * A small sweep that any model can run: grammars make every answer and pair parse, and the checks
 * on pairs, which need a trained model, are off. Sweeps in one store share steps of the same seed,
 * so a test that needs the engine to work uses its own seed.
 */
export function smallConfig(
  sweep: string,
  variants: readonly string[],
  options: {
    readonly limit?: number;
    readonly calibration?: number;
    readonly seed?: number;
    /**
     * For answers. At 0 they do not depend on the seed, so they may be reused from another sweep.
     */
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
    "  checks: { knownTool: false, argumentsFitSchema: false, differsFromSeed: false, grounded: false, stated: false }",
    "training: { learningRate: 5e-3 }",
    `run: { ${run} }`,
    "variants:",
    ...variants.map((variant) => `  - ${variant}`),
  ];
}
