import { defineSearchAttributeKey } from "@temporalio/common";

/**
 * The columns by which sample workflows are found and listed in the Temporal UI, in the order in which they
 * are worth showing. SQL visibility stores allow ten Keyword attributes and three of each other type.
 */
export const searchAttributes = {
  sweep: defineSearchAttributeKey("WhetstoneSweep", "KEYWORD"),
  variant: defineSearchAttributeKey("WhetstoneVariant", "KEYWORD"),
  dataset: defineSearchAttributeKey("WhetstoneDataset", "KEYWORD"),
  /** "report" or "calibration". */
  role: defineSearchAttributeKey("WhetstoneRole", "KEYWORD"),
  seed: defineSearchAttributeKey("WhetstoneSeed", "INT"),
  /** "right", "wrong", "unparsable" or "failed"; set when the unit ends. */
  outcome: defineSearchAttributeKey("WhetstoneOutcome", "KEYWORD"),
  /** "certain", "uncertain", or "adapted" where an adapted model answered. */
  path: defineSearchAttributeKey("WhetstonePath", "KEYWORD"),
  /** Margin u of the two best candidates, rounded to three places. */
  margin: defineSearchAttributeKey("WhetstoneMargin", "DOUBLE"),
  synthesisAttempts: defineSearchAttributeKey("WhetstoneSynthesisAttempts", "INT"),
  /** Worker that answered. */
  gpuWorker: defineSearchAttributeKey("WhetstoneGpuWorker", "KEYWORD"),
  /** Code of the error that ended a failed unit. */
  errorCode: defineSearchAttributeKey("WhetstoneError", "KEYWORD"),
} as const;
