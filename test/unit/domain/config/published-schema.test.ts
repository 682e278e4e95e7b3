import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderConfigJsonSchema } from "../../../../domain/config/published-schema.js";
import { loadConfig } from "../../../../planning/load-config.js";

const CONFIGS = new URL("../../../../configs/", import.meta.url);

describe("configs/", () => {
  it("holds the current JSON Schema (else: npm run docs)", () => {
    const published = readFileSync(new URL("whetstone.schema.json", CONFIGS), "utf8");
    expect(published).toBe(renderConfigJsonSchema());
  });

  it.each(readdirSync(CONFIGS).filter((file) => file.endsWith(".yaml")))(
    "%s is legal once its data is named, and points editors to the schema",
    (file) => {
      const path = new URL(file, CONFIGS).pathname;
      const bundled = readFileSync(path, "utf8").includes("format: lookalike");
      const { config, text } = loadConfig(path, bundled ? [] : ["dataset.path=/data"]);
      expect(config.variants.length).toBeGreaterThan(0);
      expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./whetstone.schema.json");
    },
  );
});
