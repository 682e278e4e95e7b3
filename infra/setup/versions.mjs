import { readCommand } from "./command.mjs";
import { SetupError } from "./error.mjs";

/** Oldest Python version that the engine supports. */
const minimumPython = "3.11";

/**
 * Whether a dotted version, compared numerically, is at least `minimum`.
 *
 * @public
 */
export function isAtLeast(version, minimum) {
  const parts = version.split(".").map(Number);
  for (const [index, needed] of minimum.split(".").map(Number).entries()) {
    const part = parts[index] ?? 0;
    if (part !== needed) return part > needed;
  }
  return true;
}

/** Throws NODE_TOO_OLD if this Node is older than package.json requires. */
export function checkNode(version, minimum) {
  if (isAtLeast(version, minimum)) return;
  throw new SetupError(
    "NODE_TOO_OLD",
    `Node ${version} is too old: Whetstone needs ${minimum} or newer.`,
    "install Node 20 or newer (https://nodejs.org), then run the same command again",
  );
}

/** Throws GIT_MISSING if git is missing: provenance records the commit. */
export function checkGit(read = readCommand) {
  if (read("git", ["--version"]) !== null) return;
  throw new SetupError(
    "GIT_MISSING",
    "git was not found on the PATH.",
    "install git (for example `apt-get install git`), then run the same command again",
  );
}

/**
 * Finds a Python of at least `minimumPython`: WHETSTONE_PYTHON, otherwise the first match of the
 * usual names. Throws PYTHON_MISSING or PYTHON_TOO_OLD.
 */
export function findPython(env, read = readCommand) {
  const named = env.WHETSTONE_PYTHON;
  const names =
    named === undefined
      ? ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"]
      : [named];
  const tooOld = [];
  for (const name of names) {
    const answer = read(name, ["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]);
    if (answer === null) continue;
    if (isAtLeast(answer, minimumPython)) return name;
    tooOld.push(`${name} is ${answer}`);
  }
  const hint = `install Python ${minimumPython} or newer, or set WHETSTONE_PYTHON to one, then run the same command again`;
  if (tooOld.length > 0) {
    throw new SetupError(
      "PYTHON_TOO_OLD",
      `Python ${minimumPython} or newer is needed, but ${tooOld.join(", ")}.`,
      hint,
    );
  }
  throw new SetupError(
    "PYTHON_MISSING",
    `Python was not found on the PATH (looked for ${names.join(", ")}).`,
    hint,
  );
}
