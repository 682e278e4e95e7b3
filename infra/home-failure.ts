import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { isDiskFull } from "./full-disk.js";

/** The system's codes of a folder that this user may not write to. */
const REFUSED: ReadonlySet<string> = new Set(["EROFS", "EACCES", "EPERM"]);

/** `error` itself, or `HOME_NOT_WRITABLE` if it says that files of the home folder cannot be written. */
export function describeHomeFailure(home: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof WhetstoneError) return error;
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  const isFull = isDiskFull(error);
  if (syscall === undefined || (!isFull && !REFUSED.has(code))) return error;
  return new WhetstoneError(`${home} cannot be written: ${error.message}.`, {
    code: "HOME_NOT_WRITABLE",
    hint: isFull
      ? "free space on its disk (`df -h` shows it); running work then goes on by itself"
      : "make it writable, or set WHETSTONE_HOME to a folder that you may write to",
    retryable: isFull,
    cause: error,
  });
}
