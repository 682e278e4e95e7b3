import { describe, expect, it } from "vitest";
import { describeInvocation, maskSecrets } from "../../../planning/provenance.js";
import { quoteWords } from "../../../planning/shell-words.js";

describe("maskSecrets", () => {
  it("hides passwords, tokens and keys, and nothing else", () => {
    expect(
      maskSecrets([
        "run",
        "a.yaml",
        "--token",
        "abc",
        "--api-key=abc",
        "--set",
        "teacher.apiKey=abc",
        "postgres://me:abc@host/db",
        "inference.maxTokens=5",
      ]),
    ).toEqual([
      "run",
      "a.yaml",
      "--token",
      "***",
      "--api-key=***",
      "--set",
      "teacher.apiKey=***",
      "postgres://me:***@host/db",
      "inference.maxTokens=5",
    ]);
  });
});

describe("describeInvocation", () => {
  it("names tool, dependencies and machine, and no environment variable", () => {
    process.env["WHETSTONE_ENGINE_TOKEN"] = "very-secret-token";
    const invocation = describeInvocation({
      commandLine: ["plan"],
      configPath: null,
      overrides: [],
    });
    delete process.env["WHETSTONE_ENGINE_TOKEN"];
    expect(invocation).toMatchObject({ commandLine: ["plan"], node: process.version });
    expect(invocation["lockFiles"]).toMatchObject({
      "package-lock.json": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(JSON.stringify(invocation)).not.toContain("very-secret-token");
  });
});

describe("quoteWords", () => {
  it("quotes only what a shell would change", () => {
    expect(quoteWords(["run", "a b.yaml", "x=[1, 2]", "it's", "tau=0.9"])).toBe(
      "run 'a b.yaml' 'x=[1, 2]' 'it'\\''s' tau=0.9",
    );
  });
});
