import { describe, expect, it } from "vitest";
import { readHubPath } from "../../../../domain/config/hub-path.js";

describe("readHubPath", () => {
  it.each<[string, string | null, string | null]>([
    ["hf:maker/ferries", null, null],
    ["hf:maker/ferries@v1.0", "v1.0", null],
    ["hf:maker/ferries@refs%2Fpr%2F1", "refs/pr/1", null],
    ["hf:maker/ferries/data/test.jsonl", null, "data/test.jsonl"],
    ["hf:maker/ferries@main/test@2.jsonl", "main", "test@2.jsonl"],
  ])("reads %s", (path, revision, file) => {
    expect(readHubPath(path)).toEqual({ repository: "maker/ferries", revision, file });
  });

  it.each(["maker/ferries", "hf:ferries", "hf:", "hf:maker/", "hf:maker/ferries@", "hf:../x"])(
    "does not read %s",
    (path) => {
      expect(readHubPath(path)).toBeNull();
    },
  );
});
