import { defineSearchAttributeKey } from "@temporalio/common";

/**
 * Search attributes by which the Temporal UI finds and lists sample workflows, most useful column first. An attribute
 * with one value describes all units of the sample; it is absent if they differ. SQL visibility stores allow ten
 * Keyword attributes and three of each other type.
 */
export const searchAttributes = {
  sweep: defineSearchAttributeKey("WhetstoneSweep", "KEYWORD"),
  variant: defineSearchAttributeKey("WhetstoneVariant", "KEYWORD"),
  /** Every variant of the sample's units. */
  variants: defineSearchAttributeKey("WhetstoneVariants", "KEYWORD_LIST"),
  /** Every variant with an outcome that it had, such as "tt-si wrong". */
  outcomes: defineSearchAttributeKey("WhetstoneOutcomes", "KEYWORD_LIST"),
  dataset: defineSearchAttributeKey("WhetstoneDataset", "KEYWORD"),
  /** "report" or "calibration". */
  role: defineSearchAttributeKey("WhetstoneRole", "KEYWORD"),
  seed: defineSearchAttributeKey("WhetstoneSeed", "INT"),
  /** "right", "wrong", "unparsable" or "failed"; "mixed" if units differ and none failed. Set at the end. */
  outcome: defineSearchAttributeKey("WhetstoneOutcome", "KEYWORD"),
  /** "adapted" if an adapted model answered a unit; else "uncertain" if H flagged the sample; else "certain". */
  path: defineSearchAttributeKey("WhetstonePath", "KEYWORD"),
  /** Margin u between the two best candidates, rounded to three decimal places. */
  margin: defineSearchAttributeKey("WhetstoneMargin", "DOUBLE"),
  /** Over all units. */
  synthesisAttempts: defineSearchAttributeKey("WhetstoneSynthesisAttempts", "INT"),
  /** Worker that answered last. */
  gpuWorker: defineSearchAttributeKey("WhetstoneGpuWorker", "KEYWORD"),
  /** Code of the error that ended the first failed unit. */
  errorCode: defineSearchAttributeKey("WhetstoneError", "KEYWORD"),
} as const;
