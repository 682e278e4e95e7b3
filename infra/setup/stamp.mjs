import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** SHA-256 over texts and file contents: the inputs of an installation. */
export function hashInputs(files, texts = []) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`text ${text}\n`);
  for (const file of files) hash.update(`file ${file}\n`).update(readFileSync(file));
  return hash.digest("hex");
}

/** Whether the stamp file contains exactly this hash. */
export function isStamped(stampFile, hash) {
  try {
    return readFileSync(stampFile, "utf8").trim() === hash;
  } catch {
    return false;
  }
}

/**
 * Writes the stamp atomically. The stamp is inside the installation, so that deleting the
 * installation deletes it too.
 */
export function leaveStamp(stampFile, hash) {
  writeFileSync(`${stampFile}.new`, `${hash}\n`);
  renameSync(`${stampFile}.new`, stampFile);
}
