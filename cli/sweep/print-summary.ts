import process from "node:process";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { resolveTemporalTarget } from "../../infra/temporal/connection.js";
import { renderSummaryTable } from "../../report/text/summary-table.js";
import { summariseSweep } from "../../report/model/summarise-sweep.js";
import { maskDatabaseUrl } from "../../store/database-url.js";
import type { Store, SweepCounts, SweepRecord } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { exitCodes } from "../terminal/exit-codes.js";
import { printError } from "../terminal/print-error.js";
import { describeUnreadable } from "./unreadable-answers.js";
import { sweepUrl } from "./sweep-client.js";

/**
 * Prints a sweep's table to stdout, and links and next commands to stderr. Returns the exit code that its failures
 * require.
 */
export async function printSummary(
  context: CommandContext,
  store: Store,
  name: string,
): Promise<number> {
  const { terminal, settings } = context;
  const sweep = await store.getSweep(name);
  const counts = await store.countResults(name);
  const failure = sweep === null ? null : describeFailure(sweep, counts);
  // Before the first line: its reader may close the pipe, which ends the process.
  process.exitCode = failure === null ? exitCodes.ok : exitCodes.failures;
  terminal.result(renderSummaryTable(await summariseSweep(store, name), terminal.width));
  if (sweep === null) return exitCodes.ok;

  terminal.note("");
  const { namespace } = resolveTemporalTarget(settings);
  terminal.note(`results      ${maskDatabaseUrl(settings.databaseUrl)}`);
  terminal.note(`Temporal UI  ${sweepUrl(settings, namespace, name)}`);
  const [adapted] = await store.listResultKeys(name, { role: "report", adapted: true }, "plan");
  const [first] = adapted
    ? [adapted]
    : await store.listResultKeys(name, { role: "report" }, "plan");
  const example = first?.sampleKey ?? "SAMPLE";
  terminal.note(`next         npx whetstone samples ${name} --wrong`);
  terminal.note(`             npx whetstone show ${name} ${example}`);
  if (counts.failed > 0) terminal.note(`             npx whetstone retry ${name} --failed`);
  if (!settings.externalTemporal) terminal.note("             npx whetstone dev down");
  if (failure === null) return exitCodes.ok;
  printError(terminal, failure);
  return exitCodes.failures;
}

/** Returns the error for a sweep that was stopped or has too many failed units. */
function describeFailure(sweep: SweepRecord, counts: SweepCounts): WhetstoneError | null {
  const unreadable = describeUnreadable(sweep);
  if (unreadable !== null) return unreadable;
  const hint = `npx whetstone samples ${sweep.name} --failed`;
  if (sweep.status === "stopped") {
    const reason = sweep.statusReason ?? "no reason was stored";
    return new WhetstoneError(`Sweep ${sweep.name} was stopped. ${reason}`, {
      code: "SWEEP_STOPPED",
      hint,
    });
  }
  const { failOnError } = sweep.config.run;
  const limit = failOnError < 1 ? failOnError * counts.planned : failOnError;
  if (counts.failed <= limit) return null;
  return new WhetstoneError(
    `${counts.failed} of ${counts.planned} units failed; failOnError: ${failOnError} allows fewer.`,
    { code: "SWEEP_FAILURES", hint },
  );
}
