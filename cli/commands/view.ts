import type { Command } from "commander";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { resolveTemporalTarget } from "../../infra/temporal/connection.js";
import { renderFigures } from "../../report/figures/render-figures.js";
import { createLivePage } from "../../report/page/live-page.js";
import { servePage } from "../../report/page/serve-page.js";
import { collectReportData } from "../../report/model/report-data.js";
import type { Store } from "../../store/store.js";
import type { CommandContext } from "../context.js";
import { withStoreForReading } from "../context.js";
import { withReportedNames } from "../sweep/reported-names.js";
import { untilInterrupted } from "../terminal/interrupt.js";
import { portOption } from "./port-option.js";

/** `whetstone view [SWEEP]`: serves the report page, updated live while the sweep runs. */
export function addViewCommand(program: Command, context: CommandContext): void {
  program
    .command("view")
    .argument("[sweep]", "default: the most recently updated sweep")
    .description("serve a sweep's report on this machine and update it while the sweep runs")
    .addOption(portOption("port to serve on; default: any free one", 0))
    .action(async (name: string | undefined, options: { readonly port: number }) => {
      const sweep = name ?? (await findNewest(context));
      await withReportedNames(context, [sweep], (store) =>
        serve(context, store, sweep, options.port),
      );
    });
}

async function serve(
  context: CommandContext,
  store: Store,
  sweep: string,
  port: number,
): Promise<void> {
  const { settings, terminal } = context;
  const { namespace } = resolveTemporalTarget(settings);
  const page = createLivePage(
    {
      look: () => look(store, sweep),
      load: () => collectReportData(store, [sweep]),
      drawFigures: (data) => renderFigures(data),
    },
    { temporalUiUrl: settings.temporalUiUrl, namespace },
  );
  await untilInterrupted(async (interrupt) => {
    const server = await servePage(page, port);
    try {
      terminal.result(server.url);
      terminal.note(`Serving sweep ${sweep} with live updates. Press Ctrl-C to stop.`);
      await interrupt.arrival;
    } finally {
      await server.close();
    }
  });
}

async function look(store: Store, name: string) {
  const sweep = await store.getSweep(name);
  const counts = await store.countResults(name);
  const served = await store.findServedVersion(name);
  const done = counts.scored + counts.unparsable;
  return {
    version: `${sweep?.updatedAt ?? ""} ${JSON.stringify(counts)}${served ?? ""}`,
    ended: sweep !== null && sweep.status !== "planned" && sweep.status !== "running",
    line:
      sweep === null && served !== null
        ? "Requests of an endpoint; the page follows them."
        : `${sweep?.status ?? "gone"}: ${done} of ${counts.planned} units answered, ${counts.failed} failed`,
  };
}

async function findNewest(context: CommandContext): Promise<string> {
  const sweeps = await withStoreForReading(
    context,
    async (store) => (await store?.listSweeps()) ?? [],
  );
  const [newest] = [...sweeps].sort((left, right) => (left.updatedAt < right.updatedAt ? 1 : -1));
  if (newest !== undefined) return newest.name;
  throw new WhetstoneError("No sweep has been run yet.", {
    code: "SWEEP_NOT_FOUND",
    hint: "npx whetstone run configs/quickstart.yaml",
  });
}
