import { expect, it } from "vitest";
import { loadSettings } from "../../../../infra/settings.js";
import { checkStack } from "../../../../infra/dev-stack/stack.js";
import { startScriptedServer } from "../../sampler/scripted-server.js";
import { makeTemporaryHome } from "./temporary-home.js";

it("refuses a remote engine with other weights before a sweep starts", async () => {
  const fingerprint = "b".repeat(64);
  const server = await startScriptedServer(() => ({
    body: "ok",
    headers: { "x-whetstone-model-fingerprint": "a".repeat(64) },
  }));
  try {
    const url = new URL(server.baseUrl).origin;
    const settings = loadSettings({
      ...{ WHETSTONE_HOME: makeTemporaryHome(), WHETSTONE_ENGINE_URL: url },
      TEMPORAL_ADDRESS: "127.0.0.1:1",
    });
    const options = { model: { directory: "/models/b", fingerprint }, gpuClass: "a40" };
    await expect(checkStack(settings, options)).rejects.toMatchObject({
      code: "ENGINE_WRONG_MODEL",
      message: `The engine at ${url} serves model aaaaaaaaaaaa, the config names bbbbbbbbbbbb (/models/b).`,
      hint: "start that engine with the config's model, or unset WHETSTONE_ENGINE_URL to start a local one",
    });
    const served = { directory: "/models/a", fingerprint: "a".repeat(64) };
    await expect(checkStack(settings, { ...options, model: served })).resolves.toBeUndefined();
  } finally {
    await server.stop();
  }
});
