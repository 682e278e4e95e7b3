import { defineSearchAttributeKey } from "@temporalio/common";

/**
 * Search attributes by which the Temporal UI finds and lists sample workflows, most useful column first. SQL
 * visibility stores allow ten Keyword attributes and three of each other type.
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
  /** "certain", "uncertain", or "adapted" if an adapted model answered. */
  path: defineSearchAttributeKey("WhetstonePath", "KEYWORD"),
  /** Margin u between the two best candidates, rounded to three decimal places. */
  margin: defineSearchAttributeKey("WhetstoneMargin", "DOUBLE"),
  synthesisAttempts: defineSearchAttributeKey("WhetstoneSynthesisAttempts", "INT"),
  /** Worker that answered. */
  gpuWorker: defineSearchAttributeKey("WhetstoneGpuWorker", "KEYWORD"),
  /** Code of the error that ended a failed unit. */
  errorCode: defineSearchAttributeKey("WhetstoneError", "KEYWORD"),
} as const;
