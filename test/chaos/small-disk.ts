import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Size of the disk: a home folder with logs, caches and databases of a small sweep needs a fifth of it. */
const SIZE = "512m";

/** Written at once; the last one does not fit. */
const BLOCK = Buffer.alloc(1_000_000);

/** Why disturbances of the disk are left out. */
export const NO_SMALL_DISK = "no small disk: only root may mount one, on Linux";

/** A small file system that can be filled. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all of its room, or gives it back. */
  readonly fill: () => void;
  readonly clear: () => void;
  /** Removes it. */
  readonly close: () => void;
}

/** Mounts a small file system in memory; null where this user may not. */
export function mountSmallDisk(): SmallDisk | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "whetstone-disk-"));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const words = ["-t", "tmpfs", "-o", `size=${SIZE}`, "whetstone-small-disk", folder];
    execFileSync("mount", words, { stdio: "ignore" });
  } catch {
    remove();
    return null;
  }
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      const file = openSync(filler, "w");
      try {
        for (let size = BLOCK.length; size >= 1;) {
          try {
            writeSync(file, BLOCK, 0, size);
          } catch {
            size = Math.floor(size / 10);
          }
        }
      } finally {
        closeSync(file);
      }
    },
    clear() {
      rmSync(filler, { force: true });
    },
    close() {
      execFileSync("umount", ["--lazy", folder], { stdio: "ignore" });
      remove();
    },
  };
}
