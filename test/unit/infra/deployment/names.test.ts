import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it, test } from "vitest";
import { addRunCommand } from "../../../../cli/commands/run.js";
import { addWorkerCommand } from "../../../../cli/commands/worker.js";
import { CPU_QUEUE, ORCHESTRATOR_QUEUE, gpuQueue } from "../../../../contracts/queues-and-ids.js";
import { repositoryRoot } from "../../../../infra/repository.js";
import { loadSettings } from "../../../../infra/settings.js";
import { listDeploymentFiles, readDocuments, readText } from "./deployment-files.js";
import { listProcesses } from "./processes.js";

const files = listDeploymentFiles();

/** A variable of a shell, Compose or systemd as a whole word; it stands for a value that the command line accepts. */
const VARIABLE = /^"?\$(?:\w+|\{\w+(?::-[^}]*)?\})"?$/;

/** Parses a command line as the command line does, without running it. Throws what is wrong with it. */
function parseCommand(words: readonly string[]): void {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const context = {} as never;
  addRunCommand(program, context);
  addWorkerCommand(program, context);
  for (const command of program.commands) {
    command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .action(() => undefined);
  }
  program.parse(
    words.map((word) => word.replace(VARIABLE, "h100")),
    { from: "user" },
  );
}

/** Flags that the engine declares. */
const engineFlags = [
  ...readText("engine/src/whetstone_engine/__main__.py").matchAll(
    /add_argument\(\s*"(--[a-z-]+)"/g,
  ),
].map(([, flag]) => flag);

/** Lines of shell, in scripts and READMEs, that start a process of ours. */
const shellLines = files
  .filter(({ path }) => /\.(sbatch|md)$/.test(path))
  .flatMap(({ path, text }) => text.split("\n").map((line) => ({ path, line })));

describe("commands", () => {
  const workers = listProcesses().filter(({ kind }) => kind === "worker");
  it.each(workers)("$place exists in the command line", ({ arguments: words }) => {
    expect(words[0]).toBe("worker");
    parseCommand(words);
  });

  const started = shellLines.flatMap(({ path, line }) =>
    [
      /(?:npx whetstone|whetstone\.mjs"|whetstone-worker:\S+) ((?:worker|run) [^&#`]*)/.exec(line),
    ].flatMap((match) => (match === null ? [] : [{ path, words: match[1]!.trim().split(/\s+/) }])),
  );
  it.each(started)("$path: $words", ({ words }) => {
    parseCommand(words);
  });

  it("finds the commands of every way to deploy", () => {
    expect(workers).toHaveLength(7);
    expect(started.length).toBeGreaterThanOrEqual(7);
  });

  it("refuses a flag or a role that does not exist", () => {
    expect(() => {
      parseCommand(["worker", "tpu"]);
    }).toThrow("Allowed choices are");
    expect(() => {
      parseCommand(["worker", "gpu", "--class", "a"]);
    }).toThrow("unknown option");
  });
});

test("every flag of an engine exists", () => {
  const engines = listProcesses().filter(({ kind }) => kind === "engine");
  const inScripts = shellLines.filter(({ line }) => line.includes("-m whetstone_engine"));
  const words = [
    ...engines.flatMap(({ arguments: list }) => list),
    ...inScripts.flatMap(({ line }) => line.split(/\s+/)),
    ...(/^CMD .*$/m.exec(readText("infra/docker/engine.Dockerfile"))?.[0].split('"') ?? []),
  ];
  const flags = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]);
  expect(engines).toHaveLength(3);
  expect(flags).toContain("--artifact-dir");
  expect(flags.filter((flag) => !engineFlags.includes(flag))).toEqual([]);
});

test("every environment variable of ours, and of Temporal's client, is read by something", () => {
  const sources = execFileSync("git", ["ls-files", "*.ts", "*.mjs", "*.py", ":!test", ":!docs"], {
    ...{ cwd: repositoryRoot, encoding: "utf8" as const },
  });
  const client = join("node_modules", "@temporalio", "envconfig", "lib");
  const paths = [
    ...sources.trim().split("\n"),
    ...readdirSync(join(repositoryRoot, client)).map((name) => join(client, name)),
  ].filter((path) => /\.(ts|mjs|py|js)$/.test(path));
  const text = paths.map((path) => readText(path)).join("\n");
  const known = new Set(
    [...text.matchAll(/["'`.]((?:WHETSTONE|TEMPORAL)_[A-Z_]+)\b/g)].map(([, name]) => name),
  );
  const named = files.flatMap((file) =>
    [...file.text.matchAll(/\b(?:WHETSTONE|TEMPORAL)_[A-Z_]*[A-Z]\b/g)].map(([name]) => name),
  );
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  expect(named).toContain("WHETSTONE_DATABASE_URL");
});

test("every port is one of ours, PostgreSQL's or the one inside the UI's container", () => {
  const { temporal, ui, engine } = loadSettings({}).ports;
  const known = [temporal, ui, engine, 5432, 8080].map(String);
  const named = files.flatMap(({ text }) =>
    [...text.matchAll(/(?<=[a-z\d}]:|--port[ =,"]+|PORT: ")(\d{4,5})(?![\d.%])/g)].map(
      ([, port]) => port ?? "",
    ),
  );
  expect([...new Set(named)].sort()).toEqual([...known].sort());
  const instance = readText("infra/systemd/whetstone-engine@.service");
  expect(instance).toContain(`--port ${String(engine).slice(0, -1)}%i `);
});

test("every GPU worker takes its class from its engine's device", () => {
  const serving = listProcesses().filter(({ arguments: words }) => words.includes("gpu"));
  expect(serving.map(({ arguments: words }) => words)).toEqual(Array(3).fill(["worker", "gpu"]));
  expect(files.filter(({ text }) => /gpu-class|GPU_CLASS/i.test(text))).toEqual([]);
});

test("KEDA scales deployments that exist by the queues that they serve", () => {
  const scaled = readDocuments("infra/kubernetes/keda/scaled-objects.yaml").map(({ spec }) => {
    const [trigger] = [...(spec?.["triggers"] ?? [])];
    const metadata = trigger?.["metadata"];
    return [spec?.["scaleTargetRef"]?.["name"], metadata?.["taskQueue"], metadata?.["queueTypes"]];
  });
  expect(scaled).toEqual([
    ["orchestrator", ORCHESTRATOR_QUEUE, "workflow"],
    ["cpu", CPU_QUEUE, "activity"],
    ["gpu", gpuQueue(undefined), "activity"],
  ]);
  const named = readText("infra/kubernetes/keda/scaled-objects.yaml").matchAll(/taskQueue: (.*)/g);
  expect([...named].map(([, queue]) => queue)).toEqual([
    ...[ORCHESTRATOR_QUEUE, CPU_QUEUE, gpuQueue(undefined)],
    // The example of a class, in a comment.
    gpuQueue("h100"),
  ]);
});
