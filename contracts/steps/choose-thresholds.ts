/** Input of `chooseThresholds`. */
export interface ChooseThresholdsInput {
  readonly sweep: string;
}

/** Result of `chooseThresholds`: every threshold of the sweep, including those chosen earlier. */
export interface ChooseThresholdsResult {
  readonly thresholds: readonly {
    readonly variant: string;
    readonly seed: number;
    readonly tau: number;
    /** Number of calibration records it was chosen from. */
    readonly records: number;
  }[];
}
