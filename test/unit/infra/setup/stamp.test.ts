import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeTemporaryHome } from "../dev-stack/temporary-home.js";
import { loadSetupModules } from "./setup-modules.js";

const { stamp } = await loadSetupModules();

describe("setup stamps", () => {
  it("are valid until an input changes", () => {
    const folder = makeTemporaryHome();
    const lock = join(folder, "package-lock.json");
    const file = join(folder, "stamp");
    writeFileSync(lock, "one");
    const hash = stamp.hashInputs([lock], ["linux x64"]);
    expect(stamp.isStamped(file, hash)).toBe(false);
    stamp.leaveStamp(file, hash);
    expect(stamp.isStamped(file, stamp.hashInputs([lock], ["linux x64"]))).toBe(true);
    expect(stamp.isStamped(file, stamp.hashInputs([lock], ["darwin arm64"]))).toBe(false);
    writeFileSync(lock, "two");
    expect(stamp.isStamped(file, stamp.hashInputs([lock], ["linux x64"]))).toBe(false);
  });
});
