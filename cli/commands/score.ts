import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { SCORER_VERSION } from "../../domain/scoring/judge-answer.js";
import type { JsonValue } from "../../domain/json/value.js";
import { readToolVersion } from "../../infra/repository.js";
import { loadWholeSweep } from "../../report/model/whole-sweep.js";
import { renderRescoring } from "../../report/rescore/render-rescoring.js";
import type { Rescoring } from "../../report/rescore/rescore-sweep.js";
import { rescoreSweep } from "../../report/rescore/rescore-sweep.js";
import type { Scorer } from "../../report/rescore/scorers.js";
import { SCORERS } from "../../report/rescore/scorers.js";
import type { Store, SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStore, withSweep } from "../context.js";

interface ScoreOptions {
  readonly scorer: string;
  readonly limit: string;
  readonly write?: true;
  readonly json?: true;
}

/** Scorers whose verdict may replace the headline verdict; the others have separate columns. */
const WRITABLE: ReadonlySet<Scorer> = new Set<Scorer>(["soft", "no-keys"]);

/** `whetstone score SWEEP`: rescores stored answers without a model. */
export function addScoreCommand(program: Command, context: CommandContext): void {
  program
    .command("score")
    .argument("<sweep>")
    .description("rescore a sweep's stored answers without inference and show the changes")
    .option("--scorer <name>", `one of ${SCORERS.join(", ")}`, "soft")
    .option("--limit <count>", "maximum changed units to list", "20")
    .option("--write", "store the new verdicts and record that in the sweep's provenance")
    .option("--json", "JSON lines: the totals, then one per changed unit")
    .action((name: string, options: ScoreOptions) => {
      const scorer = readOptions(options);
      return withSweep(context, name, async (store, sweep) => {
        const rescoring = rescoreSweep(await loadWholeSweep(store, name), scorer);
        print(context, rescoring, options);
        if (options.write !== true) return;
        if (sweep.status === "running") throw stillRunning(name);
        await withStore(context, (writable) => write(writable, sweep, rescoring));
        context.terminal.note(`${rescoring.changed.length} verdicts written`);
      });
    });
}

function readOptions({ scorer, limit, write }: ScoreOptions): Scorer {
  const known = SCORERS.find((each) => each === scorer);
  const problem =
    known === undefined
      ? `There is no scorer ${JSON.stringify(scorer)}. Available scorers: ${SCORERS.join(", ")}.`
      : !/^\d+$/.test(limit)
        ? `--limit needs a whole number, not ${JSON.stringify(limit)}.`
        : write === true && !WRITABLE.has(known)
          ? `--write stores the headline verdict, which ${known} is not: every report shows strict accuracy and F1 separately.`
          : null;
  if (known !== undefined && problem === null) return known;
  throw new WhetstoneError(problem ?? "", { code: "USAGE", hint: "npx whetstone score --help" });
}

function print({ terminal }: CommandContext, rescoring: Rescoring, options: ScoreOptions): void {
  if (options.json !== true) {
    terminal.result(renderRescoring(rescoring, Number(options.limit)));
    return;
  }
  const { changed, ...figures } = rescoring;
  terminal.json({ ...figures, changed: changed.length });
  for (const { stored, row } of changed) {
    const { unitKey, correct, correctStrict, outcome, verdict, calls } = row;
    terminal.json({
      unitKey,
      stored: { correct: stored.correct, outcome: stored.outcome, verdict: stored.verdict },
      now: { correct, correctStrict, outcome, verdict, calls },
    });
  }
}

async function write(store: Store, sweep: SweepRecord, rescoring: Rescoring): Promise<void> {
  for (const { row } of rescoring.changed) await store.putResult(row);
  const earlier = sweep.provenance["rescored"];
  const note: JsonValue = {
    scorer: rescoring.scorer,
    rules: SCORER_VERSION,
    toolVersion: readToolVersion(),
    at: new Date().toISOString(),
    changed: rescoring.changed.length,
  };
  await store.updateSweepConfig(sweep.name, sweep.config, sweep.configText, sweep.configHash, {
    ...sweep.provenance,
    rescored: [...(Array.isArray(earlier) ? (earlier as readonly JsonValue[]) : []), note],
  });
}

function stillRunning(name: string): WhetstoneError {
  return new WhetstoneError(`Sweep ${name} is still running, so not all verdicts are stored.`, {
    code: "SWEEP_RUNNING",
    hint: `npx whetstone status ${name} --watch`,
  });
}
