import type { CodeRecord } from "../code-record.js";

/** Setup. Its scripts run before any package is installed, so they name these codes as text. */
export const SETUP_CODES = {
  NODE_TOO_OLD: {
    meaning: "Node.js is older than `package.json` requires",
    next: "install the version that the message names, or a newer one",
    retryable: false,
  },
  GIT_MISSING: {
    meaning: "git is not on the PATH; provenance records the commit",
    next: "install git, then run the same command again",
    retryable: false,
  },
  PYTHON_MISSING: {
    meaning: "no Python is on the PATH",
    next: "install the version that the message names, or set `WHETSTONE_PYTHON` to one",
    retryable: false,
  },
  PYTHON_TOO_OLD: {
    meaning: "every Python found is older than the engine requires",
    next: "install the version that the message names, or set `WHETSTONE_PYTHON` to one",
    retryable: false,
  },
  NPM_INSTALL_FAILED: {
    meaning: "`npm ci` failed",
    next: "check that the npm registry can be reached (`npm ping`), then `npm run setup`",
    retryable: true,
  },
  UV_INSTALL_FAILED: {
    meaning: "uv, which installs the Python packages, could not be installed",
    next: "check that PyPI can be reached, or install uv, then `npm run setup`",
    retryable: true,
  },
  PYTHON_INSTALL_FAILED: {
    meaning: "the engine's Python packages could not be installed",
    next: "check that PyPI can be reached and that 7 GB of disk are free, then `npm run setup`",
    retryable: true,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
