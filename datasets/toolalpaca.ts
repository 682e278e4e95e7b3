import type { JsonValue } from "../domain/json/value.js";
import { KEY_ARGUMENTS } from "../domain/scoring/key-arguments.js";
import type { GoldCall } from "../domain/samples/sample.js";
import { fileMissing } from "./dataset-errors.js";
import { readHammerRecords } from "./hammer-format.js";
import type { KnownFile } from "./known-files.js";
import { checkKnownFile } from "./known-files.js";
import type { ImportedFile } from "./types.js";

const KNOWN: readonly KnownFile[] = [
  {
    sha256: "d61e5ede4dd32aa977fade4396b43c7cc39279a98409b64df13ed50815989754",
    records: 114,
    title: "MadeAgents/Hammer data/test/original/toolalpaca.json",
  },
  {
    sha256: "df63ccd4dc6eeee92cd11457e210b279a70fa4aa3c48fcdc81952a45eb58c8a6",
    records: 114,
    title: "the same with its API keys as placeholders",
  },
];

/** Arguments whose gold values are other people's API keys, which must not enter stores, logs or reports. */
const HIDDEN: ReadonlySet<string> = new Set(KEY_ARGUMENTS);

/** An entry in every tool list that describes output types and is not a tool. */
const PSEUDO_TOOL = "components";

/**
 * Reads ToolAlpaca's 114 real-API test records as MadeAgents/Hammer publishes them
 * (`toolalpaca.json`), without the pseudo-tool "components" and with a placeholder for each API key
 * in the gold. The paper's 103 are very likely the first 103 (`limit: 103`).
 */
export async function importToolalpaca(path: string | undefined): Promise<ImportedFile> {
  if (path === undefined) throw fileMissing("of format toolalpaca (no path given)");
  const file = await readHammerRecords(path, ["toolalpaca.json", "hammer/toolalpaca.json"]);
  const given = file.results;
  const rowWarnings = [
    {
      text: `lists "${PSEUDO_TOOL}", which describes output types and is no tool: left out`,
      rows: given.flatMap(({ tools }, row) =>
        tools.some(({ name }) => name === PSEUDO_TOOL) ? [row] : [],
      ),
    },
  ];
  const records = given.map((record) => ({
    ...record,
    tools: record.tools.filter(({ name }) => name !== PSEUDO_TOOL),
    gold: { calls: record.gold.calls.map(hideKeys) },
  }));
  const notes = ["API keys in the gold are replaced by placeholders; no query gives them"];
  const check = checkKnownFile(file, records.length, KNOWN);
  return { source: file.path, records, ...check, rowWarnings, notes };
}

function hideKeys(call: GoldCall): GoldCall {
  const entries = Object.entries(call.arguments).map(([key, value]): [string, JsonValue] => [
    key,
    HIDDEN.has(key) ? `REDACTED_${key.toUpperCase()}` : value,
  ]);
  return { ...call, arguments: Object.fromEntries(entries) };
}
