import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { addReportCommand } from "../../cli/commands/report.js";
import { startSweep } from "../../cli/sweep/sweep-client.js";
import { findBenchmark } from "../../datasets/benchmarks.js";
import { assembleDataset } from "../../datasets/index.js";
import { readBenchmark } from "../../datasets/read-benchmark.js";
import { renderOpenaiJsonl } from "../../datasets/write-openai-jsonl.js";
import { repositoryRoot } from "../../infra/repository.js";
import { loadConfig } from "../../planning/load-config.js";
import { planSweep } from "../../planning/plan-sweep.js";
import { prepareSweep } from "../../planning/prepare-sweep.js";
import { paperReference } from "../../report/paper/reference.js";
import { dataDirectory, hasData } from "../data-directory.js";
import { createRecordingTerminal } from "../unit/cli/recording-terminal.js";
import type { Harness } from "./harness.js";
import { openHarness } from "./harness.js";

/** File names that the configs use in their dataset paths: `data/NAME.jsonl`. */
const NEEDED = [
  "nexusraven",
  "sealtool",
  "apibank-361",
  "toolalpaca-103",
  "sealtool-dev",
  "toolrl-sft",
];

const isThere = [
  "nexusraven/derived/standardized_queries.jsonl",
  "sealtool",
  "apibank/toolrl",
  "ood_sft/toolrl",
].every((path) => hasData(path));

const folder = join(repositoryRoot, "configs", "paper");
/** Table 4 first: steps reused from another sweep have no seconds. */
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .sort((left, right) => Number(right === "table-4.yaml") - Number(left === "table-4.yaml"));

let harness: Harness;
let teacher: string;
let data: string;

beforeAll(async () => {
  if (!isThere) return;
  const { engineUrl } = inject("servers");
  const models = (await (await fetch(`${engineUrl}/v1/models`)).json()) as {
    data: { id: string }[];
  };
  teacher = `{ baseUrl: "${engineUrl}/v1", model: ${models.data[0]?.id ?? ""} }`;
  harness = await openHarness(inject("servers"), "paper-configs");
  data = join(harness.settings.home, "data");
  mkdirSync(data);
  for (const name of NEEDED) {
    const file = await readBenchmark(findBenchmark(name), dataDirectory);
    const dataset = assembleDataset({ name, format: "openai-jsonl" }, file);
    writeFileSync(join(data, `${name}.jsonl`), renderOpenaiJsonl(dataset.samples));
  }
  await harness.startWorker(["orchestrator", "cpu"]);
  await harness.startWorker(["gpu"]);
});

afterAll(async () => {
  if (isThere) await harness.close();
});

/** The `--set` options in a config's header that adapt it to this machine and the bundled model. */
function readHead(text: string): string[] {
  const line = text.split("\n").find((each) => each.startsWith("# Here:")) ?? "";
  const options = [...line.matchAll(/--set (\S+)/g)].map(([, option = ""]) => option);
  return options.map((option) => option.replace("model=smollm2-135m", "model=tiny"));
}

/**
 * The header's options, plus options that limit a run to seconds: one or two records, one seed,
 * short texts.
 */
function shorten(text: string): string[] {
  const datasets = [...text.matchAll(/path: \S+\/data\/([a-z0-9-]+)\.jsonl/g)];
  const paths = datasets.map(([, name = ""]) => `${join(data, name)}.jsonl`);
  const isOne = /^dataset:/m.test(text);
  // A shuffled pair needs a partner.
  const limit = isOne ? 2 : 1;
  const { variants } = parse(text) as { variants: (string | { name?: string })[] };
  const few = variants.filter(
    (variant) =>
      typeof variant === "string" || !/^(tt-.*-k|sft-ood-n)[248]$/.test(variant.name ?? ""),
  );
  return [
    ...readHead(text),
    ...(isOne
      ? [`dataset.path=${paths[0] ?? ""}`, `dataset.limit=${limit}`]
      : paths.flatMap((path, index) => [
          `datasets.${index}.path=${path}`,
          `datasets.${index}.limit=${limit}`,
        ])),
    ...(/^split:/m.test(text) ? [`split.path=${paths[1] ?? ""}`, "split.limit=8"] : []),
    // Figure 4 has many values of K; use the smallest.
    ...(text.includes("experiment: figure-4") ? [`variants=${JSON.stringify(few)}`] : []),
    "seeds=1",
    `teacher=${teacher}`,
    "inference.maxTokens=32",
    "inference.decoding=constrained",
    "synthesis.decoding=constrained",
    "synthesis.maxTokens=96",
    "synthesis.maxAttempts=1",
  ];
}

async function report(sweep: string): Promise<string> {
  const terminal = createRecordingTerminal();
  const program = new Command().exitOverride();
  addReportCommand(program, { settings: harness.settings, terminal });
  await program.parseAsync(["node", "whetstone", "report", sweep]);
  return terminal.results.join("\n");
}

describe.skipIf(!isThere)("configs/paper/, run with the bundled model", () => {
  test.each(files)("%s runs to completion and is reported beside the paper", async (file) => {
    const path = join(folder, file);
    const loaded = loadConfig(path, shorten(readFileSync(path, "utf8")));
    const prepared = await prepareSweep({ loaded });
    await planSweep(harness.store, prepared);
    const { config } = prepared;
    const running = await startSweep(harness.client, { config });
    expect(await running.result()).toMatchObject({ status: "finished", pending: 0, failed: 0 });

    const text = await report(config.sweep);
    const reference = paperReference(config.experiment);
    expect(text).toContain(`beside the paper: ${reference?.title ?? ""}; ours: tiny`);
    const values = reference?.values ?? [];
    const beside = text.slice(text.indexOf("beside the paper"));
    if (values.length > 0) expect(beside).toMatch(/^variant .* paper/m);
    for (const { variant, measure, value, unit } of values) {
      const own = beside.split("\n").filter((line) => line.split(" ", 1)[0] === variant);
      const paper = value.toFixed(unit === "samples" ? 0 : 2);
      // Our value is in the preceding column. A rate needs right and wrong answers, and two records
      // may have only one kind.
      const isOurs = measure !== "SFT on 13k" && !["FPR", "F1", "Youden J"].includes(measure);
      expect(own.join("\n")).toMatch(new RegExp(`${isOurs ? "\\d" : ""} +${paper}`));
    }
    if (values.length === 0) {
      expect(beside).toMatch(/^(margins|rates|sample|no uncertain sample) .*sealtool/m);
    }
    for (const { name } of config.variants) expect(text).toContain(name);
  });
});
