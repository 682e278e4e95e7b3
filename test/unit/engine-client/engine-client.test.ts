import { expect, test } from "vitest";
import { EngineClient } from "../../../engine-client/engine-client.js";
import { completion, startScriptedServer } from "../sampler/scripted-server.js";

test("a lone surrogate is sent as U+FFFD by every request: the engine's parser refuses its escape", async () => {
  const server = await startScriptedServer(({ path }) =>
    path === "/v1/chat/completions" ? completion("m", "a") : { body: {} },
  );
  try {
    const client = new EngineClient({ baseUrl: server.baseUrl.replace(/\/v1$/, "") });
    const messages = [{ role: "user", content: "cut \ud83d" }] as const;
    const common = { model: "m", messages };
    await client.chat({ ...common, max_tokens: 1, temperature: 0, seed: 0 });
    await client.score({ ...common, answerPrefix: "", candidates: ["a\ude00"], suffix: "" });
    const sent = server.arrived.map(({ body }) => JSON.stringify(body));
    expect(sent).toHaveLength(2);
    for (const text of sent) expect(text).toContain('"cut \ufffd"');
    expect(sent[1]).toContain('["a\ufffd"]');
  } finally {
    await server.stop();
  }
});

test("after another engine has come up at its address, the client learns the model's id anew", async () => {
  let served = "tiny";
  const server = await startScriptedServer(({ path, body }) => {
    if (path === "/v1/models") return { body: { data: [{ id: served, kind: "base" }] } };
    if ((body as { model: string }).model === served) return { body: { scores: [] } };
    const error = { code: "model_not_found", message: "no such model" };
    return { status: 404, body: { error } };
  });
  try {
    const baseUrl = server.baseUrl.replace(/\/v1$/, "");
    const client = new EngineClient({ baseUrl });
    const score = async () => {
      const request = { messages: [], answerPrefix: "", candidates: ["a"], suffix: "" };
      return client.score({ ...request, model: await client.baseModel() });
    };
    await score();
    served = "qwen";
    await expect(score()).rejects.toMatchObject({
      code: "ENGINE_WRONG_MODEL",
      message: `The engine at ${baseUrl} does not serve model "tiny": no such model`,
      hint: "Steps wait for the sweep's model: `npx whetstone resume SWEEP` starts a local engine with it; start a remote one with that model by hand.",
      // The step's next attempt asks the new engine.
      retryable: true,
    });
    await expect(score()).resolves.toEqual({ scores: [] });
  } finally {
    await server.stop();
  }
});

test("an answer computed in another type of numbers than the sweep's is refused", async () => {
  let dtype = "bfloat16";
  const server = await startScriptedServer(() => ({
    headers: {
      "x-whetstone-model-fingerprint": "f",
      ...(dtype === "" ? {} : { "x-whetstone-engine-dtype": dtype }),
    },
    body: { scores: [] },
  }));
  const baseUrl = server.baseUrl.replace(/\/v1$/, "");
  try {
    const client = new EngineClient({ baseUrl });
    const request = { model: "m", messages: [], answerPrefix: "", candidates: ["a"], suffix: "" };
    const ask = (expectedDtype?: "bfloat16") =>
      client.score(request, {
        expectedFingerprint: "f",
        ...(expectedDtype === undefined ? {} : { expectedDtype }),
      });
    await ask("bfloat16");
    dtype = "float32";
    await ask();
    await expect(ask("bfloat16")).rejects.toMatchObject({
      code: "ENGINE_DTYPE_DIFFERS",
      message: `The engine at ${baseUrl} computes in float32, the sweep in bfloat16.`,
      details: { expected: "bfloat16", actual: "float32" },
    });
    dtype = "";
    await expect(ask("bfloat16")).rejects.toMatchObject({
      code: "ENGINE_DTYPE_DIFFERS",
      message: `The engine at ${baseUrl} computes in an unnamed type, the sweep in bfloat16.`,
    });
  } finally {
    await server.stop();
  }
});
