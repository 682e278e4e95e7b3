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
