import { describe, expect, it } from "vitest";
import type { ReadCommand } from "./setup-modules.js";
import { loadSetupModules } from "./setup-modules.js";

const { versions } = await loadSetupModules();

/** A PATH with these programs, each reporting this version. */
function pathWith(programs: Readonly<Record<string, string>>): ReadCommand {
  return (command) => programs[command] ?? null;
}

describe("isAtLeast", () => {
  it.each([
    ["20.3.0", "20.3", true],
    ["20.20.2", "20.3", true],
    ["21.0.0", "20.3", true],
    ["20.2.9", "20.3", false],
    ["3.9.18", "3.11", false],
    ["3.11.0", "3.11", true],
    ["20", "20.3", false],
  ])("%s against %s: %s", (version, minimum, expected) => {
    expect(versions.isAtLeast(version, minimum)).toBe(expected);
  });
});

describe("setup checks", () => {
  it("refuse a Node that is too old", () => {
    expect(() => {
      versions.checkNode("18.19.0", "20.3");
    }).toThrow("Node 18.19.0 is too old: Whetstone needs 20.3 or newer.");
    versions.checkNode("20.3.0", "20.3");
  });

  it("need git", () => {
    expect(() => {
      versions.checkGit(pathWith({}));
    }).toThrow("git was not found on the PATH.");
    versions.checkGit(pathWith({ git: "git version 2.39.5" }));
  });
});

describe("findPython", () => {
  it("picks the first one that is new enough", () => {
    const read = pathWith({ python3: "3.9.2", "python3.12": "3.12.1", "python3.11": "3.11.7" });
    expect(versions.findPython({}, read)).toBe("python3.12");
  });

  it("picks the requested one", () => {
    const read = pathWith({ python3: "3.13.0", "/opt/python": "3.11.0" });
    expect(versions.findPython({ WHETSTONE_PYTHON: "/opt/python" }, read)).toBe("/opt/python");
  });

  it("names every Python that is too old", () => {
    const read = pathWith({ python3: "3.9.2", python: "2.7.18" });
    expect(() => versions.findPython({}, read)).toThrow(
      "Python 3.11 or newer is needed, but python3 is 3.9.2, python is 2.7.18.",
    );
  });

  it("names the paths it searched if there is none", () => {
    expect(() => versions.findPython({ WHETSTONE_PYTHON: "/nowhere" }, pathWith({}))).toThrow(
      "Python was not found on the PATH (looked for /nowhere).",
    );
  });
});
