import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GoldSample } from "../../../domain/samples/sample.js";
import type { ResultRow } from "../../../store/store.js";
import { makeReport } from "../../browser/make-report.js";
import { createWorkspace, type Workspace } from "../workspace.js";
import { providePython, runScript } from "./python-environment.js";

interface Aggregate {
  readonly evaluation_id: string;
  readonly model_info: { readonly id: string };
  readonly evaluation_results: readonly {
    readonly evaluation_result_id: string;
    readonly score_details: { readonly score: number };
    readonly generation_config: { readonly additional_details: Readonly<Record<string, string>> };
  }[];
}

interface Instance {
  readonly evaluation_result_id: string;
  readonly sample_id: string;
  readonly interaction_type: string;
  readonly evaluation: { readonly is_correct: boolean };
  readonly messages: readonly { readonly role: string }[] | null;
}

interface ReadFile<Content> {
  readonly path: string;
  readonly valid: boolean;
  readonly problems: readonly unknown[];
  readonly content: Content;
}

const environment = await providePython("eee", "3.12");
const title = environment.skip === null ? "" : ` (skipped: ${environment.skip})`;

describe.skipIf(environment.skip !== null)(`Every Eval Ever${title}`, () => {
  const [sweep] = makeReport({ samples: 12, hostileText: "</script> \ud800" }).sweeps;
  let workspace: Workspace;
  let rows: readonly ResultRow[];
  const validate = async (...options: readonly string[]) => {
    const out = join(workspace.folder, "eee");
    const { code } = await workspace.run([
      ...["export", sweep!.record.name, "--format", "eee", "--out", out, ...options],
    ]);
    expect(code).toBe(0);
    return runScript<ReadFile<Aggregate | Instance[]>>(environment, "validate_eee.py", [out]);
  };

  beforeAll(async () => {
    workspace = await createWorkspace();
    const store = await workspace.openStore();
    await store.createSweep(sweep!.record);
    const samples = [...sweep!.samples.values()];
    await store.putSamples("lookalike", "hash", samples.map(withEarlierTurn));
    await store.putUnits(sweep!.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep!.units) await store.putResult(row);
    rows = await store.listResults(sweep!.record.name);
    await store.close();
  });
  afterAll(() => workspace.close());

  it("accepts every file, with the accuracy that the report shows", async () => {
    const files = await validate();
    expect(files.flatMap(({ problems }) => problems)).toEqual([]);
    expect(files.filter(({ valid }) => !valid)).toEqual([]);
    const variants = sweep!.record.config.variants;
    expect(files).toHaveLength(2 * variants.length);
    const results = files
      .filter(({ path }) => path.endsWith(".json"))
      .flatMap(({ content }) => (content as Aggregate).evaluation_results);
    for (const { variant, soft } of sweep!.summary.datasets[0]!.variants) {
      const own = results.filter(
        (each) => each.generation_config.additional_details["variant"] === variant,
      );
      expect(own).toHaveLength(2);
      expect(own[0]?.score_details.score).toBeCloseTo(soft.mean ?? NaN, 12);
    }
    const instances = files
      .filter(({ path }) => path.endsWith(".jsonl"))
      .flatMap(({ content }) => content as Instance[]);
    expect(instances).toHaveLength(2 * rows.length);
    const ids = new Set(results.map((each) => each.evaluation_result_id));
    expect(new Set(instances.map((each) => each.evaluation_result_id))).toEqual(ids);
    const right = instances.filter(
      (each) => each.evaluation_result_id.endsWith("/soft") && each.evaluation.is_correct,
    );
    expect(right).toHaveLength(rows.filter(({ correct }) => correct === true).length);
    expect(new Set(instances.map((each) => each.interaction_type))).toEqual(
      new Set(["single_turn", "multi_turn"]),
    );
  });

  it("accepts an export without texts, which has no samples", async () => {
    const files = await validate("--no-texts");
    expect(files.map(({ valid, problems }) => [valid, problems])).toEqual(
      files.map(() => [true, []]),
    );
    expect(files.filter(({ path }) => path.endsWith(".jsonl"))).toEqual([]);
    expect(files).toHaveLength(sweep!.record.config.variants.length);
  });
});

/** Every second sample has a conversation. */
function withEarlierTurn({ sample, gold }: GoldSample, index: number): GoldSample {
  if (index % 2 === 0) return { sample, gold };
  const earlier = [
    { role: "user", content: "Hello." },
    { role: "assistant", content: "What can I do?" },
  ] as const;
  return { sample: { ...sample, messages: [...earlier, ...sample.messages] }, gold };
}
