/** Input of `chooseThresholds`. */
export interface ChooseThresholdsInput {
  readonly sweep: string;
}

/** Result of `chooseThresholds`: every threshold of the sweep, the older ones included. */
export interface ChooseThresholdsResult {
  readonly thresholds: readonly {
    readonly variant: string;
    readonly seed: number;
    readonly tau: number;
    /** Calibration records it was chosen from. */
    readonly records: number;
  }[];
}
