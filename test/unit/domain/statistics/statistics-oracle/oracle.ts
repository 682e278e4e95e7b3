/** An estimate with its interval, as scipy's bootstrap has it. */
interface OracleInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** What the oracle says of one variant on one benchmark. */
export interface OracleFigures {
  readonly mean: number;
  readonly std: number | null;
  /** `robust…`: statsmodels' cluster-robust normal interval. */
  readonly interval: OracleInterval & { readonly robustLow: number; readonly robustHigh: number };
  /** Against base, one per seed. */
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  readonly mcnemar: readonly number[];
  readonly bootstrap: (OracleInterval & { readonly p: number; readonly wilcoxonP: number }) | null;
  readonly againstControl: {
    readonly gained: number;
    readonly lost: number;
    readonly bootstrapP: number | null;
  };
  readonly holm?: number;
}

/** A sweep of three benchmarks; `outcomes` has one text per sample, one digit per seed. */
export interface OracleSweep {
  readonly seeds: number;
  readonly benchmarks: Readonly<
    Record<
      string,
      {
        readonly outcomes: Readonly<Record<string, readonly string[]>>;
        readonly figures: Readonly<Record<string, OracleFigures>>;
      }
    >
  >;
}

/** oracle.json, as make_oracle.py writes it. */
export interface Oracle {
  readonly deviations: readonly {
    readonly values: readonly number[];
    readonly mean: number;
    readonly std: number;
  }[];
  readonly mcnemar: readonly {
    readonly gained: number;
    readonly lost: number;
    readonly p: number;
  }[];
  readonly holm: readonly {
    readonly given: readonly number[];
    readonly adjusted: readonly number[];
  }[];
  readonly quantiles: readonly {
    readonly values: readonly number[];
    readonly share: number;
    readonly quantile: number;
  }[];
  readonly estimators: readonly {
    readonly margins: readonly number[];
    readonly wrong: readonly number[];
    readonly auroc: number;
    readonly thresholds: readonly {
      readonly tau: number;
      readonly tpr: number;
      readonly fpr: number;
      readonly f1: number;
      readonly j: number;
    }[];
  }[];
  readonly sweeps: readonly OracleSweep[];
}
