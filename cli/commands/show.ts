import { isBase } from "../../domain/methods/methods.js";
import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import type { Gold, Sample } from "../../domain/samples/sample.js";
import { resolveTemporalTarget } from "../../infra/temporal/connection.js";
import type { ResultRow, Store, SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withSweep } from "../context.js";
import { renderSamplePage } from "../terminal/sample-page.js";
import { sampleUrl } from "../sweep/sweep-client.js";

interface ShowOptions {
  readonly variant?: string;
  readonly seed?: string;
  readonly json?: true;
}

/** `whetstone show SWEEP SAMPLE`: shows one sample with its complete trace. */
export function addShowCommand(program: Command, context: CommandContext): void {
  program
    .command("show")
    .argument("<sweep>")
    .argument("<sample>", "key from `samples`, a row number, or a unit key")
    .description("show one sample: scores, synthesis, losses, answers, verdict, steps")
    .option("--variant <name>", "only this variant")
    .option("--seed <index>", "only this seed")
    .option("--json", "JSON lines: the sample, then one line per result")
    .action((name: string, wanted: string, options: ShowOptions) =>
      withSweep(context, name, async (store, sweep) => {
        const all = await findRows(store, sweep, wanted);
        const rows = all.filter(
          (row) =>
            (options.variant === undefined || row.variant === options.variant) &&
            (options.seed === undefined || String(row.seed) === options.seed),
        );
        const first = all[0];
        if (first === undefined) throw unknownSample(sweep, wanted);
        const { sample, gold } = await loadSample(store, first);
        const { namespace } = resolveTemporalTarget(context.settings);
        const link = (row: ResultRow) => sampleUrl(context.settings, namespace, row);
        if (options.json === true) {
          context.terminal.json({ sample, gold });
          for (const row of rows) {
            context.terminal.json({ ...row, link: link(row) });
          }
          return;
        }
        const bases = new Set(
          sweep.config.variants.filter((entry) => isBase(entry.method)).map(({ name }) => name),
        );
        context.terminal.result(
          renderSamplePage({
            sweep: name,
            sample,
            gold,
            rows,
            findBaseRow: (row) =>
              all.find((other) => bases.has(other.variant) && other.seed === row.seed),
            link,
          }),
        );
      }),
    );
}

/** Finds the sample's results, in config order of the variants. */
async function findRows(store: Store, sweep: SweepRecord, wanted: string): Promise<ResultRow[]> {
  const unit = await store.getResult(wanted);
  if (unit !== null && unit.sweep === sweep.name) {
    return store.listResults(sweep.name, { sampleKey: unit.sampleKey, dataset: unit.dataset });
  }
  const key = wanted.slice(wanted.lastIndexOf("/") + 1);
  const exact = await store.listResults(sweep.name, { sampleKey: key });
  if (exact.length > 0 || !/^\d+$/.test(key)) return inConfigOrder(sweep, exact);
  const everything = await store.listResultKeys(sweep.name, {}, "plan");
  const first = everything.find((row) => row.sampleKey.startsWith(`${key}-`));
  if (first === undefined) return [];
  const { sampleKey, dataset } = first;
  return inConfigOrder(sweep, await store.listResults(sweep.name, { sampleKey, dataset }));
}

function inConfigOrder(sweep: SweepRecord, rows: readonly ResultRow[]): ResultRow[] {
  const position = (row: ResultRow) =>
    sweep.config.variants.findIndex((variant) => variant.name === row.variant);
  return [...rows].sort(
    (left, right) => left.seed - right.seed || position(left) - position(right),
  );
}

async function loadSample(
  store: Store,
  row: ResultRow,
): Promise<{ sample: Sample; gold: Gold | null }> {
  const sample = await store.getSample(row.dataset, row.sampleKey);
  const gold = await store.getGold(row.dataset, row.sampleKey);
  if (sample !== null) return { sample, gold };
  throw new WhetstoneError(`Sample ${row.sampleKey} of ${row.dataset} is not in the store.`, {
    code: "SAMPLE_UNKNOWN",
    hint: `npx whetstone resume ${row.sweep}`,
  });
}

function unknownSample(sweep: SweepRecord, wanted: string): WhetstoneError {
  return new WhetstoneError(`Sweep ${sweep.name} has no result for sample "${wanted}".`, {
    code: "SAMPLE_UNKNOWN",
    hint: `npx whetstone samples ${sweep.name}`,
  });
}
