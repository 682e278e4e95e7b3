import type { z } from "zod";

/** A problem of a body, and the field that has it. */
export interface BodyProblem {
  readonly problem: string;
  /** Absent if it is the whole body. */
  readonly field?: string;
}

/** Describes the first issue that a body's schema has found. */
export function describeIssue(issue: z.core.$ZodIssue | undefined): BodyProblem {
  const field = issue?.path.map(String).join(".") ?? "";
  const problem = issue?.message ?? "unexpected shape";
  return field === "" ? { problem } : { problem: `field "${field}": ${problem}`, field };
}
