import { stringify } from "yaml";
import { cutText } from "../../domain/text/cut-text.js";
import type { FolderFile } from "../write-folder.js";
import { describeWriter, type ExportOptions, type ExportSource } from "./export-source.js";
import { renderParquet } from "./render-parquet.js";
import { COLUMNS_WITHOUT_TEXTS, RECORD_COLUMNS } from "./result-records.js";

/** Upper ends of the Hub's size categories. */
const SIZES = [
  [1_000, "n<1K"],
  [10_000, "1K<n<10K"],
  [100_000, "10K<n<100K"],
  [1_000_000, "100K<n<1M"],
] as const;

/** A data set for Hugging Face's `datasets`: the results as Parquet, and a card that says how to load them. */
// eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
export async function* listHfFiles(
  source: ExportSource,
  options: ExportOptions,
): AsyncGenerator<FolderFile> {
  const columns = options.texts ? RECORD_COLUMNS : COLUMNS_WITHOUT_TEXTS;
  let count = 0;
  const counted: ExportSource = {
    ...source,
    async *readUnits(filter) {
      for await (const unit of source.readUnits(filter)) {
        count += 1;
        yield unit;
      }
    },
  };
  yield { path: PATH, content: renderParquet([counted], columns) };
  // After the data, whose rows are counted while they are written.
  yield { path: "README.md", content: renderCard(source, options, count) };
}

const PATH = "data/test.parquet";

function renderCard({ record }: ExportSource, { texts }: ExportOptions, count: number): string {
  const { name, config, configHash } = record;
  const size = SIZES.find(([end]) => count < end)?.[1] ?? "n>1M";
  const header = stringify({
    pretty_name: `Whetstone results: ${name}`,
    tags: ["tool-calling", "evaluation", "test-time-self-improvement"],
    size_categories: [size],
    configs: [{ config_name: "default", data_files: [{ split: "test", path: PATH }] }],
  });
  const json = RECORD_COLUMNS.filter(({ kind }) => kind === "json").map((each) => each.name);
  return [
    `---\n${header}---\n`,
    `# Results of the sweep ${name}\n`,
    `${count} units: one row per sample, variant and seed. Model: \`${config.model}\`. Data: ${config.datasets.map((each) => each.name).join(", ")}. Variants: ${config.variants.map((each) => each.name).join(", ")}. Config hash: \`${cutText(configHash, 12)}\`. Written by ${describeWriter()}.\n`,
    "```python",
    "from datasets import load_dataset\n",
    'rows = load_dataset("PATH_OR_NAME_OF_THIS_DATA_SET", split="test")',
    "```\n",
    texts
      ? `The columns ${json.map((each) => `\`${each}\``).join(", ")} hold JSON text. They quote the data sets named above, whose own licenses apply to them.\n`
      : "Conversations, gold, answers and traces are left out.\n",
  ].join("\n");
}
