import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Workspace } from "./workspace.js";
import { createWorkspace, findFreePorts } from "./workspace.js";

/** One line of OpenAI tool JSONL with these tools. */
function line(tools: readonly string[], query = "hello"): string {
  return JSON.stringify({
    messages: [
      { role: "user", content: query },
      { role: "assistant", content: "hi" },
    ],
    tools: tools.map((name) => ({
      type: "function",
      function: { name, description: "does it", parameters: { type: "object", properties: {} } },
    })),
  });
}

const config = `
sweep: bad
model: tiny
dataset: { format: openai-jsonl, name: mine, path: data.jsonl }
variants: [base]
`;

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
  workspace.write("config.yaml", config);
  workspace.write("data.jsonl", `${line(["a", "b"])}\n`);
});

afterAll(async () => {
  await workspace.close();
});

/** Runs a command that must be refused before it writes or starts anything. */
async function expectRefusal(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const result = await workspace.run(args, environment);
  expect(result.stdout).toBe("");
  expect(result.code).toBe(1);
  expect(workspace.services()).toEqual([]);
  expect(existsSync(join(workspace.home, "whetstone.db"))).toBe(false);
  return result.stderr;
}

describe("bad input gives one message, exit code 1, and writes nothing", () => {
  it("unknown command", async () => {
    expect(await expectRefusal(["rum", "config.yaml"])).toBe(
      "error USAGE: unknown command 'rum'\n(Did you mean run?)\n  next: npx whetstone --help\n",
    );
  });

  it("missing config file", async () => {
    expect(await expectRefusal(["run", "nowhere.yaml"])).toBe(
      "error CONFIG_FILE_MISSING: The config file nowhere.yaml does not exist.\n" +
        "  next: Name a config file, for example configs/quickstart.yaml.\n",
    );
  });

  it("unknown config field", async () => {
    workspace.write("field.yaml", config.replace("variants: [base]", "varients: [base]"));
    const stderr = await expectRefusal(["run", "field.yaml"]);
    expect(stderr).toMatch(
      /^error WHETSTONE_CONFIG_INVALID: \d problems? in config field\.yaml:\n/,
    );
    expect(stderr).toContain('  varients (line 5): unknown field. Did you mean "variants"?');
    expect(stderr).toMatch(/\n {2}next: .+\n$/);
  });

  it("missing data file", async () => {
    const stderr = await expectRefusal(["run", "config.yaml", "--set", "dataset.path=no.jsonl"]);
    expect(stderr).toMatch(/^error DATASET_FILE_MISSING: .*no\.jsonl .*\n {2}next: .+\n$/);
  });

  it("malformed JSONL line, by number", async () => {
    workspace.write("broken.jsonl", `${line(["a", "b"])}\n{"messages": [\n`);
    const path = join(workspace.folder, "broken.jsonl");
    expect(await expectRefusal(["run", "config.yaml", "--set", `dataset.path=${path}`])).toBe(
      `error DATA_LINE_INVALID: ${path}, line 2: not valid JSON: the record does not end in this line\n` +
        "  next: Correct line 2 of the file, or remove it.\n",
    );
  });

  it("sample without tools, by number", async () => {
    workspace.write("bare.jsonl", `${line(["a", "b"])}\n${line([])}\n`);
    const path = join(workspace.folder, "bare.jsonl");
    expect(await expectRefusal(["run", "config.yaml", "--set", `dataset.path=${path}`])).toBe(
      `error SAMPLE_WITHOUT_TOOLS: ${path}, line 2: the sample has no tools\n` +
        "  next: Give line 2 at least one tool, or remove it.\n",
    );
  });

  it("invalid model directory", async () => {
    const stderr = await expectRefusal([
      "run",
      "config.yaml",
      "--set",
      `model=${workspace.folder}`,
    ]);
    expect(stderr).toMatch(
      new RegExp(
        `^error MODEL_DIRECTORY_INVALID: ${workspace.folder} is not a model directory: ` +
          "config\\.json, tokenizer\\.json, \\*\\.safetensors are missing\\.\n {2}next: .+\n$",
      ),
    );
  });

  it("port in use", async () => {
    const port = workspace.settings.ports.engine;
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(port, "127.0.0.1", resolve);
    });
    try {
      const stderr = await expectRefusal(["run", "config.yaml"]);
      expect(stderr).toMatch(
        new RegExp(
          `^error PORT_IN_USE: Port ${port}, needed by the engine, is in use by .+\\.\n` +
            "  next: set WHETSTONE_ENGINE_PORT to a free port and run the same command again, " +
            `or stop that process \\(\`lsof -i tcp:${port}\` names it\\)\n$`,
        ),
      );
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("engine not reachable", async () => {
    const [port] = await findFreePorts(1);
    const url = `http://127.0.0.1:${port!}`;
    expect(await expectRefusal(["run", "config.yaml"], { WHETSTONE_ENGINE_URL: url })).toBe(
      `error ENGINE_UNREACHABLE: No engine responds at ${url}.\n` +
        "  next: start it there, or unset WHETSTONE_ENGINE_URL to start a local one\n",
    );
  });

  it("Temporal server not reachable", async () => {
    const [port] = await findFreePorts(1);
    const address = `127.0.0.1:${port!}`;
    const stderr = await expectRefusal(["run", "config.yaml"], { TEMPORAL_ADDRESS: address });
    expect(stderr).toMatch(
      new RegExp(
        `^error TEMPORAL_UNREACHABLE: No Temporal server responds at ${address}\\.\n {2}next: .*TEMPORAL_ADDRESS.*\n$`,
      ),
    );
  });

  it("invalid port", async () => {
    expect(await expectRefusal(["status"], { WHETSTONE_ENGINE_PORT: "eighty" })).toBe(
      'error SETTING_INVALID: WHETSTONE_ENGINE_PORT is "eighty", which is not a valid port.\n' +
        "  next: set WHETSTONE_ENGINE_PORT to a number from 1 to 65535, or unset it for 8400\n",
    );
  });

  it("sweep that does not exist", async () => {
    expect(await expectRefusal(["resume", "nothing"])).toBe(
      'error SWEEP_NOT_FOUND: There is no sweep "nothing": none has been run yet.\n' +
        "  next: npx whetstone run configs/quickstart.yaml\n",
    );
  });
});

describe("a prompt longer than the context", () => {
  it("fails its own unit with a code, and the sweep by its limit with exit code 2", async () => {
    const long = line(["a", "b"], "word ".repeat(20_000));
    workspace.write("long.jsonl", `${line(["a", "b"])}\n${long}\n`);
    const result = await workspace.run([
      ...["run", "config.yaml", "--set", "dataset.path=long.jsonl", "--set", "sweep=long"],
    ]);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(
      /\nerror SWEEP_STOPPED: Sweep long was stopped\. .*ENGINE_CONTEXT_LENGTH_EXCEEDED.*\n {2}next: npx whetstone samples long --failed\n$/,
    );
    const listed = await workspace.run(["samples", "long", "--failed", "--json"]);
    const rows = listed.stdout.trim().split("\n");
    expect(rows).toHaveLength(1);
    expect(JSON.parse(rows[0]!)).toMatchObject({
      outcome: "failed",
      correct: null,
      errorCode: "ENGINE_CONTEXT_LENGTH_EXCEEDED",
    });
  });
});
