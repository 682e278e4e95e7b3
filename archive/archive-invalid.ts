import { WhetstoneError } from "../domain/errors/whetstone-error.js";

/** The error for a file that is no archive, or a damaged one. */
export function archiveInvalid(path: string, problem: string): WhetstoneError {
  return new WhetstoneError(`${path} is not a usable archive: ${problem}.`, {
    code: "ARCHIVE_INVALID",
    hint: "Nothing was restored. Copy the file again, or write it again: npx whetstone archive SWEEP.",
  });
}
