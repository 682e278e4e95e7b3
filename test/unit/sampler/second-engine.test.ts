import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineClient } from "../../../engine-client/engine-client.js";
import { enginePython } from "../../../infra/dev-stack/engine-service.js";
import { repositoryRoot } from "../../../infra/repository.js";
import { ChatServer } from "../../../sampler/chat-server.js";
import { exportAdapter } from "../../../sampler/peft-directory.js";

const model = join(repositoryRoot, "models", "tiny");
const here = existsSync(enginePython) && existsSync(join(model, "model.safetensors"));
const messages = [{ role: "user", content: "Play some jazz." }] as const;
const call = { messages, temperature: 0, max_tokens: 12, seed: 1 };

/** One engine trains; another process without shared state samples. */
describe.skipIf(!here)("a second engine as the chat server", { timeout: 120_000 }, () => {
  let folder: string;
  let processes: ChildProcess[];
  let trainer: EngineClient;
  let server: ChatServer;
  let directory: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "whetstone-sampler-"));
    const engines = await Promise.all([
      startEngine([]),
      startEngine(["--artifact-dir", folder, "--max-adapters", "4"]),
    ]);
    processes = engines.map(({ child }) => child);
    const [first, second] = engines.map(({ url }) => url);
    trainer = new EngineClient({ baseUrl: first! });
    server = new ChatServer({ baseUrl: `${second!}/v1`, model: "tiny" });
    await trainer.trainAdapter({
      id: "unit/1",
      examples: [{ messages, completion: "jazz jazz jazz jazz" }],
      rank: 8,
      alpha: 16,
      learningRate: 0.02,
      epochs: 6,
      warmupRatio: 0.03,
      schedule: "constant",
      seed: 1,
      scope: "all",
      ttlSeconds: 600,
    });
    directory = join(folder, "unit-1");
    await exportAdapter(trainer, "unit/1", directory);
  }, 180_000);

  afterAll(() => {
    for (const child of processes) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  test("the base model answers as on the first engine", async () => {
    await server.check();
    const there = await server.chat(call);
    const home = await trainer.chat({ ...call, model: "tiny" });
    expect(there.texts).toEqual(home.choices.map(({ message }) => message.content));
    expect(there.usage.completionTokens).toBeGreaterThan(0);
    const several = await server.chat({ ...call, temperature: 1, n: 3 });
    expect(several.texts).toHaveLength(3);
  });

  test("a transferred adapter answers as on the first engine, and not after it was unloaded", async () => {
    await server.loadAdapter("unit/1", directory);
    expect(await server.listModels()).toEqual(["tiny", "unit/1"]);
    const base = await server.chat(call);
    const there = await server.chat({ ...call, adapter: "unit/1" });
    const home = await trainer.chat({ ...call, model: "unit/1", adapter: true });
    expect(there.model).toBe("unit/1");
    expect(there.texts).toEqual(home.choices.map(({ message }) => message.content));
    expect(there.texts).not.toEqual(base.texts);
    // Loading it a second time replaces the first.
    await server.loadAdapter("unit/1", directory);
    await server.unloadAdapter("unit/1");
    await server.unloadAdapter("unit/1");
    await expect(server.chat({ ...call, adapter: "unit/1" })).rejects.toMatchObject({
      code: "SAMPLER_ADAPTER_LOST",
      details: { adapterId: "unit/1" },
    });
    expect(await server.listModels()).toEqual(["tiny"]);
  });

  test("a directory that does not exist or is outside the folder is refused by name", async () => {
    for (const path of [join(folder, "missing"), "/etc"]) {
      await expect(server.loadAdapter("a", path)).rejects.toMatchObject({
        code: "SAMPLER_REQUEST_REFUSED",
      });
    }
  });

  test("an answer follows the requested format", async () => {
    const schema = { type: "object", properties: { sure: { type: "boolean" } } } as const;
    const required = { ...schema, required: ["sure"], additionalProperties: false };
    const answer = await server.chat({
      ...call,
      max_tokens: 24,
      response_format: { type: "json_schema", json_schema: { name: "x", schema: required } },
    });
    expect(JSON.parse(answer.texts[0]!)).toEqual({ sure: expect.any(Boolean) as boolean });
  });

  test("an opening is continued", async () => {
    const opening = { role: "assistant", content: '<tool_call>[{"name": "' } as const;
    const answer = await server.chat({
      ...call,
      messages: [...messages, opening],
      continue_final_message: true,
    });
    expect(answer.texts[0]).not.toContain("<tool_call>");
  });
});

async function startEngine(more: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    enginePython,
    ["-m", "whetstone_engine", "--model", model, "--host", "127.0.0.1", "--port", "0", ...more],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const found = /ready (http:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => {
      reject(new Error(`engine ended with ${String(code)}: ${said}`));
    });
  });
  return { child, url };
}
