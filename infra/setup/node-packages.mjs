import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { runCommand } from "./command.mjs";
import { hashInputs, isStamped, leaveStamp } from "./stamp.mjs";

/** Runs `npm ci` if node_modules is missing, incomplete or built from another lock file. */
export function installNodePackages(root, progress) {
  const lockFile = join(root, "package-lock.json");
  const stampFile = join(root, "node_modules", ".whetstone-stamp");
  const platform = `${process.platform} ${process.arch}`;
  const hash = hashInputs([lockFile], [platform]);
  if (isStamped(stampFile, hash)) return;
  if (!matchesLock(root, lockFile)) {
    progress.step("npm packages (npm ci)", () => {
      runCommand("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
        code: "NPM_INSTALL_FAILED",
        hint: "check that the npm registry can be reached (`npm ping`), then `npm run setup`",
      });
    });
  }
  leaveStamp(stampFile, hash);
}

/**
 * Whether npm has already installed exactly the contents of the lock file: npm keeps a copy of the
 * lock file in node_modules after a complete installation.
 */
function matchesLock(root, lockFile) {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = readPackages(lockFile);
  const installed = readPackages(installedFile);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const found = installed[path];
    if (found === undefined ? entry.optional !== true : found.version !== entry.version) {
      return false;
    }
  }
  return true;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}
