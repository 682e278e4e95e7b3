import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { requestText } from "../../domain/samples/request-text.js";
import { resolveTemporalTarget } from "../../infra/temporal/connection.js";
import type { ComparisonOptions } from "../../report/compare/compare-sweeps.js";
import { compareSweeps } from "../../report/compare/compare-sweeps.js";
import { renderComparison } from "../../report/compare/render-comparison.js";
import { loadWholeSweep } from "../../report/model/whole-sweep.js";
import type { ResultRow } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withSweeps } from "../sweep/context-sweeps.js";
import { sampleUrl } from "../sweep/sweep-client.js";

interface CompareOptions extends ComparisonOptions {
  readonly limit: string;
  readonly json?: true;
}

/** `whetstone compare A B`: compares two sweeps sample by sample. */
export function addCompareCommand(program: Command, context: CommandContext): void {
  program
    .command("compare")
    .argument("<before>")
    .argument("<after>")
    .description("compare two sweeps sample by sample: flips, paired tests, other differences")
    .option("--variant <name>", "only this variant")
    .option("--with <name>", "the other sweep's variant to compare --variant with")
    .option("--limit <count>", "maximum flips, unmatched units and differences to list, each", "20")
    .option("--json", "one JSON line with everything")
    .action((before: string, after: string, options: CompareOptions) => {
      checkOptions(options);
      return withSweeps(context, [before, after], async (store) => {
        const left = await loadWholeSweep(store, before);
        const right = await loadWholeSweep(store, after);
        const comparison = compareSweeps(left, right, options);
        const { namespace } = resolveTemporalTarget(context.settings);
        const link = (row: ResultRow) => sampleUrl(context.settings, namespace, row);
        if (options.json === true) {
          context.terminal.json(withLinks(comparison, link));
          return;
        }
        const limit = Number(options.limit);
        const query = ({ dataset, sampleKey }: ResultRow) => {
          const gold = right.samples.get(`${dataset}/${sampleKey}`);
          return gold === undefined ? "" : requestText(gold.sample);
        };
        const view = { limit, query, width: context.terminal.width };
        for (const line of renderComparison(comparison, view)) {
          context.terminal.result(line);
        }
      });
    });
}

function checkOptions(options: CompareOptions): void {
  const problem = !/^\d+$/.test(options.limit)
    ? `--limit needs a whole number, not ${JSON.stringify(options.limit)}.`
    : options.with !== undefined && options.variant === undefined
      ? "--with requires --variant."
      : null;
  if (problem === null) return;
  throw new WhetstoneError(problem, { code: "USAGE", hint: "npx whetstone compare --help" });
}

/** Omits traces, which `samples --json` gives, and adds a link to each unit. */
function withLinks(comparison: ReturnType<typeof compareSweeps>, link: (row: ResultRow) => string) {
  const describe = (row: ResultRow) => ({ ...row, trace: undefined });
  return {
    ...comparison,
    variants: comparison.variants.map((variant) => ({
      ...variant,
      flips: variant.flips.map(({ direction, before, after }) => ({
        direction,
        before: { ...describe(before), link: link(before) },
        after: { ...describe(after), link: link(after) },
      })),
    })),
  };
}
