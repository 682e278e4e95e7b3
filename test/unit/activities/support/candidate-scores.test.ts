import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scoreNames } from "../../../../activities/support/candidate-scores.js";
import type { NameClosing } from "../../../../domain/uncertainty/name-closing.js";
import { EngineClient } from "../../../../engine-client/engine-client.js";
import { getPromptStyle } from "../../../../prompts/index.js";
import { startScriptedServer } from "../../sampler/scripted-server.js";
import { makeSample } from "../../store/fixtures.js";

const MODELS = { object: "list", data: [{ id: "m", kind: "base" }] };
const SCORES = { scores: [{ logLikelihood: -1.5, tokenCount: 3 }] };

describe("scoreNames", () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;

  beforeAll(async () => {
    server = await startScriptedServer(({ path }) => ({
      body: path === "/v1/models" ? MODELS : SCORES,
    }));
  });

  afterAll(() => server.stop());

  it.each<[string, NameClosing, object]>([
    ["tags", "token", { suffix: '"' }],
    ["tags", "none", { suffix: "" }],
    ["list", "mass", { suffix: "", closing: '"' }],
    ["pythonic", "mass", { suffix: "", closing: "(" }],
  ])("asks for the names of %s with closing %s", async (format, nameClosing, ending) => {
    const style = getPromptStyle("paper", format);
    const { sample } = makeSample(0);
    const client = new EngineClient({ baseUrl: server.baseUrl.replace(/\/v1$/, "") });
    const scores = await scoreNames(client, { style, nameClosing }, sample, {});
    const [{ name } = { name: "" }] = sample.tools;
    expect(scores[0]).toEqual({ name, logLikelihood: -1.5, tokenCount: 3 });
    expect(server.arrived.at(-1)?.body).toEqual({
      model: "m",
      messages: style.answerMessages(sample),
      answerPrefix: style.format.opening,
      candidates: sample.tools.map((tool) => tool.name),
      ...ending,
    });
  });
});
