import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeHomeFolder } from "../../../infra/make-folder.js";
import { makeTemporaryHome } from "./dev-stack/temporary-home.js";

it("creates a folder and those above it; twice is fine", () => {
  const folder = join(makeTemporaryHome(), "a", "b");
  makeHomeFolder(folder);
  makeHomeFolder(folder);
  expect(statSync(folder).isDirectory()).toBe(true);
});

// Node's recursive mkdir never returns there.
it.skipIf(!existsSync("/proc/self"))("refuses a place that takes no folders", () => {
  expect(() => {
    makeHomeFolder("/proc/x/y");
  }).toThrow(
    expect.objectContaining({
      code: "SETTING_INVALID",
      message: "/proc/x cannot be created: ENOENT: no such file or directory, mkdir '/proc/x'.",
      hint: "set WHETSTONE_HOME to a folder that you may write to",
    }) as Error,
  );
});
