import { describe, expect, it } from "vitest";
import { planFor, prepareServing } from "../../../serving/prepare-serving.js";
import { toUnit } from "../../../serving/to-unit.js";
import { readChatRequest } from "../../../serving/chat-request.js";
import { parse } from "../domain/config/fixtures.js";

function config(variants: string, more = "") {
  return parse(
    `sweep: app\nmodel: tiny\ndataset: { format: lookalike, calibration: 10 }\nallowGold: true\nvariants: [${variants}]\n${more}`,
  );
}

describe("serving a config", () => {
  it.each([
    ["base", undefined, "base"],
    ["base, tt-si, argmax-name", undefined, "tt-si"],
    ["base, tt-si, argmax-name", "argmax-name", "argmax-name"],
    ["base, tt-si", "base", "base"],
  ])("of [%s] with --variant %s answers with %s", async (variants, name, expected) => {
    const served = await prepareServing(config(variants), null, name);
    expect(served.variant.name).toBe(expected);
    expect(served).toMatchObject({ tau: 0.95, seed: 0, variant: { inference: { answers: 1 } } });
    expect(served.model.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it("takes the first seed and one answer", async () => {
    const served = await prepareServing(
      config("tt-si", "seeds: [4, 5]\ninference: { answers: 8, temperature: 1 }"),
      null,
    );
    expect(served).toMatchObject({ seed: 4, variant: { inference: { answers: 1 } } });
  });

  it.each([
    [
      "cheat-ttt",
      "Variant cheat-ttt cannot be served: cheat-ttt sees the right answer, which a request does not have.",
    ],
    [
      "{ method: icl, split: { format: lookalike } }",
      "Variant icl cannot be served: icl needs labeled records.",
    ],
    [
      "{ method: sft, split: { format: lookalike } }",
      "Variant sft cannot be served: sft needs labeled records.",
    ],
    [
      "shuffled-pair",
      "Variant shuffled-pair cannot be served: shuffled-pair needs other samples of a data set.",
    ],
  ])("refuses %s", async (variant, message) => {
    await expect(prepareServing(config(variant), null)).rejects.toMatchObject({
      code: "SERVE_VARIANT_UNSUITED",
      message,
    });
  });

  it("refuses a variant that the config does not have", async () => {
    await expect(prepareServing(config("base"), null, "tt-d")).rejects.toMatchObject({
      code: "SERVE_VARIANT_UNSUITED",
      message: 'Config app has no variant "tt-d".',
    });
  });

  it("takes tau: auto from the sweep of its name", async () => {
    const auto = config("{ method: tt-si, tau: auto }", "seeds: [2]");
    await expect(prepareServing(auto, null)).rejects.toMatchObject({ code: "THRESHOLD_MISSING" });
    const threshold = { sweep: "app", variant: "tt-si", seed: 2, tau: 0.7, details: {} };
    const stored = { sweep: { provenance: {} }, thresholds: [threshold] };
    expect((await prepareServing(auto, stored)).tau).toBe(0.7);
    const other = { ...stored, thresholds: [{ ...threshold, seed: 1 }] };
    await expect(prepareServing(auto, other)).rejects.toMatchObject({ code: "THRESHOLD_MISSING" });
  });

  it("takes format: auto from the sweep of its name", async () => {
    const auto = config("base", "format: auto");
    await expect(prepareServing(auto, null)).rejects.toMatchObject({ code: "SERVE_FORMAT_OPEN" });
    const fit = { prompt: "compact", format: "list", rows: [], records: [] };
    const stored = { sweep: { provenance: { formatFit: fit } }, thresholds: [] };
    expect((await prepareServing(auto, stored)).config.format).toBe("list");
  });
});

describe("a request as a unit", () => {
  const tool = (required: string[]) => ({
    type: "function",
    function: {
      name: "find",
      parameters: { type: "object", properties: { what: { type: "string" } }, required },
    },
  });
  const ask = (more: object = {}) =>
    readChatRequest(
      JSON.stringify({
        ...{
          model: "app",
          messages: [{ role: "user", content: "Find it." }],
          tools: [tool(["what"])],
        },
        ...more,
      }),
    );

  it("is the first sample of a data set that has its key, for one tenant", async () => {
    const served = await prepareServing(config("tt-si"), null);
    const { sample, input } = toUnit(
      ask(),
      "ab".repeat(32),
      served,
      planFor(served, "float32", "t"),
    );
    expect(sample).toMatchObject({ dataset: `served-${"ab".repeat(16)}`, row: 0 });
    expect(sample.key).toMatch(/^0-[0-9a-f]{8}$/);
    expect(input.unit).toEqual({
      key: `app/tt-si/0/${sample.dataset}/${sample.key}`,
      ...{ sweep: "app", variant: "tt-si", seed: 0 },
      ...{ dataset: sample.dataset, sampleKey: sample.key, role: "report" },
    });
    expect(input.plan).toMatchObject({ tenant: "t", dtype: "float32" });
    expect(input.plan.requirementsUnknown).toBeUndefined();
    const other = toUnit(ask(), "cd".repeat(32), served, planFor(served, null, "t"));
    expect(other.sample.key).toBe(sample.key);
    expect(other.sample.dataset).not.toBe(sample.dataset);
  });

  it("says so if its tools do not say what is required", async () => {
    const served = await prepareServing(config("tt-si"), null);
    const { sample, input } = toUnit(
      ask({ tools: [tool([])] }),
      ...(["ab".repeat(32), served, planFor(served, null, "t")] as const),
    );
    expect(input.plan.requirementsUnknown).toEqual([sample.dataset]);
  });

  it("may ask for a call and for fewer tokens, not for more", async () => {
    const served = await prepareServing(config("tt-si", "inference: { maxTokens: 50 }"), null);
    const inferenceOf = (more: object) =>
      toUnit(ask(more), "ab".repeat(32), served, planFor(served, null, "t")).input.variant
        .inference;
    expect(inferenceOf({ max_tokens: 20 }).maxTokens).toBe(20);
    expect(inferenceOf({ max_tokens: 500 })).toEqual(served.variant.inference);
    expect(inferenceOf({ tool_choice: "required" })).toMatchObject({
      ...{ decoding: "constrained", calls: "some" },
    });
  });
});
