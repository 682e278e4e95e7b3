import { expect, it } from "vitest";
import { buildConfigJsonSchema } from "../../../../domain/config/published-schema.js";
import { describePattern } from "../../../../domain/text/describe-pattern.js";

it("has words for every pattern of the config", () => {
  const patterns = [
    ...JSON.stringify(buildConfigJsonSchema()).matchAll(/"pattern":("[^"]*")/g),
  ].map(([, source = ""]) => JSON.parse(source) as string);
  expect(patterns.length).toBeGreaterThan(3);
  for (const source of patterns) expect(describePattern(source)).not.toContain("matching");
});

it("shows the source of a pattern without words", () => {
  expect(describePattern("^x$")).toBe("a text matching ^x$");
});
