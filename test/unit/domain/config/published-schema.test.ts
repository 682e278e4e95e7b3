import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DATASET_FORMATS } from "../../../../datasets/index.js";
import {
  buildConfigJsonSchema,
  findSchemaNodes,
  renderConfigJsonSchema,
} from "../../../../domain/config/published-schema.js";
import { loadConfig } from "../../../../planning/load-config.js";

const CONFIGS = new URL("../../../../configs/", import.meta.url);

describe("the config schema", () => {
  it("allows every format that has an importer, and no other", () => {
    const nodes = findSchemaNodes(buildConfigJsonSchema(), ["dataset", "format"]);
    expect(nodes[0]?.enum).toEqual(DATASET_FORMATS);
  });
});

describe("configs/", () => {
  it("holds the current JSON Schema (else: npx tsx configs/write-schema.ts)", () => {
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
