import type { z } from "zod";
import { recordInvalid } from "./dataset-errors.js";

/**
 * Checks a record against its schema and returns it typed. Throws DATA_LINE_INVALID with the file, the
 * record and the first invalid field.
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
  path: string,
  where: string,
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join(".") ?? "";
  const message = issue?.message ?? "unexpected shape";
  throw recordInvalid(path, where, field === "" ? message : `field "${field}": ${message}`);
}
