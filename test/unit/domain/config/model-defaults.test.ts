import { describe, expect, it } from "vitest";
import { MODEL_DEFAULTS, answerDefaultsOf } from "../../../../domain/config/model-defaults.js";
import { getPromptStyle } from "../../../../prompts/index.js";
import { KNOWN_MODELS } from "../../../../infra/model-files/known.js";
import { parse } from "./fixtures.js";

const REST = "dataset: { format: lookalike }\nvariants: [base, tt-si]\n";
const answers = (settings: string, overrides: string[] = []): object => {
  const { prompt, format, nameClosing } = parse(`sweep: trial\n${settings}\n${REST}`, overrides);
  return { prompt, format, nameClosing };
};

describe("prompt and format of a config that names neither", () => {
  it.each([
    ...["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b", "hf:a/b", "./model", "m.gguf", "constructor"],
  ])("%s gets the paper's regime", (model) => {
    const own = { prompt: "paper", format: "list", nameClosing: "mass" };
    expect(answers(`model: ${model}`)).toEqual(own);
    expect(answers("model: tiny", [`model=${model}`])).toEqual(own);
  });

  it.each(["tiny", "smollm2-135m"])("%s keeps tags", (model) => {
    expect(answers(`model: ${model}`)).toEqual({ prompt: "compact" });
  });

  it("a config's own settings come first", () => {
    const model = "model: qwen2.5-coder-1.5b\n";
    expect(answers(`${model}prompt: compact\nformat: tags`)).toEqual({ prompt: "compact" });
    expect(answers(`${model}format: hermes`)).toEqual({
      ...{ prompt: "paper", format: "hermes", nameClosing: "mass" },
    });
    expect(answers(`${model}nameClosing: token`)).toEqual({ prompt: "paper", format: "list" });
  });

  it("pairs of the models with the paper's regime are shaped by a grammar and state their values", () => {
    const drawn = (settings: string): object => {
      const { synthesis } = parse(`sweep: trial\n${settings}\n${REST}`).variants[1]!;
      return { decoding: synthesis.decoding, checks: synthesis.checks };
    };
    const checks = {
      ...{ knownTool: true, argumentsFitSchema: true, differsFromSeed: true, grounded: true },
    };
    const qwen = "model: qwen2.5-coder-1.5b\n";
    const stated = { decoding: "constrained", checks: { ...checks, stated: true } };
    expect(drawn(qwen)).toEqual(stated);
    expect(drawn("model: hf:a/b")).toEqual(stated);
    expect(drawn("model: tiny")).toEqual({ decoding: "free", checks });
    expect(drawn(`${qwen}synthesis: { decoding: free, checks: { stated: false } }`)).toEqual({
      ...{ decoding: "free", checks },
    });
    expect(drawn(`${qwen}synthesis: { checks: true }`)).toEqual(stated);
    const none = { knownTool: false, argumentsFitSchema: false, differsFromSeed: false };
    expect(drawn(`${qwen}synthesis: { checks: false }`)).toEqual({
      ...{ decoding: "constrained", checks: { ...none, grounded: false } },
    });
  });

  it("belongs to models that exist, and names styles that exist", () => {
    const models = ["tiny", ...KNOWN_MODELS.map(({ name }) => name)];
    for (const model of Object.keys(MODEL_DEFAULTS)) {
      const { prompt, format } = answerDefaultsOf(model);
      expect(models).toContain(model);
      expect(getPromptStyle(prompt, format).format.name).toBe(format);
    }
  });
});

describe("format: auto", () => {
  it.each([
    ["hf:a/b", "paper"],
    ["smollm2-135m", "compact"],
    ["qwen2.5-coder-1.5b", "paper"],
  ])("%s is asked by prompt %s", (model, prompt) => {
    const own = { prompt, format: "auto", nameClosing: "mass" };
    expect(answers(`model: ${model}\nformat: auto`)).toEqual(own);
  });
});
