import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { loadConfig } from "../../../planning/load-config.js";
import { prepareSweep } from "../../../planning/prepare-sweep.js";
import type { PreparedSweep } from "../../../planning/prepare-sweep.js";

/** A temporary folder with a model directory, a dataset of 12 records and a config for both. */
export interface Workspace {
  readonly folder: string;
  readonly configPath: string;
  readonly databaseUrl: string;
  /** Loads the config and prepares the sweep. */
  prepare(...overrides: string[]): Promise<PreparedSweep>;
}

const CONFIG_TEXT = `sweep: trial
model: ./model
dataset: { format: openai-jsonl, name: tools, path: data.jsonl, limit: 5 }
variants:
  - base
  - { name: tt-si, method: tt-si, tau: 0.9 }
  - argmax-name
`;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Creates a workspace that is removed after the tests of the file. */
export function createWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "whetstone-planning-"));
  folders.push(folder);
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model", "config.json"), '{"model_type":"llama"}');
  writeFileSync(join(folder, "model", "tokenizer.json"), "{}");
  writeFileSync(join(folder, "model", "model.safetensors"), "weights");
  const lines = Array.from({ length: 12 }, (_, row) => JSON.stringify(makeRecord(row)));
  writeFileSync(join(folder, "data.jsonl"), `${lines.join("\n")}\n`);
  const configPath = join(folder, "trial.yaml");
  writeFileSync(configPath, CONFIG_TEXT);
  return {
    folder,
    configPath,
    databaseUrl: `sqlite:${join(folder, "home", "whetstone.db")}`,
    prepare: (...overrides) =>
      prepareSweep({ loaded: loadConfig(configPath, overrides), overrides, commandLine: ["run"] }),
  };
}

/** The error that a promise must reject with. */
export async function failureOf(promise: Promise<unknown>): Promise<WhetstoneError> {
  try {
    await promise;
  } catch (error) {
    return error as WhetstoneError;
  }
  throw new Error("nothing was thrown");
}

function makeRecord(row: number): object {
  const call = (name: string, value: object) => ({
    id: "call-1",
    type: "function",
    function: { name, arguments: JSON.stringify(value) },
  });
  const tool = (name: string) => ({
    type: "function",
    function: {
      name,
      description: `Does ${name}.`,
      parameters: { type: "object", properties: { of: { type: "string" } }, required: ["of"] },
    },
  });
  return {
    messages: [
      { role: "user", content: `Get thing ${row}` },
      { role: "assistant", content: null, tool_calls: [call("get", { of: `thing ${row}` })] },
    ],
    tools: [tool("get"), tool("put")],
  };
}
