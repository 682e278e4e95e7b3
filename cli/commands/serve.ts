import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { EngineDtype } from "../../domain/config/engine-dtype.js";
import type { ResolvedConfig } from "../../domain/config/config.js";
import { LONGEST_WAIT_MS } from "../../domain/served/longest-wait.js";
import { MOST_DAYS } from "../../domain/served/most-days.js";
import { readEngineDtype } from "../../infra/dev-stack/engine-service.js";
import { connectClient } from "../../infra/temporal/connection.js";
import { ensureSearchAttributes } from "../../infra/temporal/search-attributes.js";
import { loadConfig } from "../../planning/load-config.js";
import { findMissingKeys, refuseMissingKeys } from "../../planning/missing-keys.js";
import { openEndpoint } from "../../serving/endpoint.js";
import { createGateway } from "../../serving/gateway.js";
import { expireRequests } from "../../serving/keep-days.js";
import type { ServedModel, StoredSweep } from "../../serving/prepare-serving.js";
import { prepareServing } from "../../serving/prepare-serving.js";
import { readTenants, requireTokens } from "../../serving/tenants.js";
import type { CommandContext } from "../context.js";
import { withStore, withStoreForReading } from "../context.js";
import { addSetOption } from "../set-option.js";
import { createLocalStack } from "../sweep/local-stack.js";
import { untilInterrupted } from "../terminal/interrupt.js";
import { portOption } from "./port-option.js";

interface ServeOptions {
  readonly set: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly variant?: string;
  readonly budgetMs?: number;
  readonly rate?: number;
  readonly keepDays?: number;
}

/** `whetstone serve CONFIG`: answers OpenAI's chat completions with tools, each by a durable workflow. */
export function addServeCommand(program: Command, context: CommandContext): void {
  addSetOption(
    program
      .command("serve")
      .argument("<config>", "YAML file, e.g. configs/quickstart.yaml")
      .description("answer chat completions with tools; adapt the model to uncertain ones")
      .addOption(portOption("port to serve on", 8500))
      .option(
        "--host <address>",
        "address to bind to; others than this machine need tokens",
        "127.0.0.1",
      )
      .option("--variant <name>", "variant that answers; default: the first that is not base")
      .option(
        "--budget-ms <number>",
        "milliseconds after which the base model answers; default: no limit",
        parseBudget,
      )
      .option(
        "--rate <number>",
        "requests per minute that a tenant may send; default: any number",
        parseRate,
      )
      .option(
        "--keep-days <number>",
        "days after which requests and their answers are deleted; default: never",
        parseDays,
      ),
  ).action(async (path: string, options: ServeOptions) => {
    await serve(context, loadConfig(path, options.set).config, options);
  });
}

async function serve(
  context: CommandContext,
  config: ResolvedConfig,
  options: ServeOptions,
): Promise<void> {
  const { settings, terminal } = context;
  const tenants = readTenants();
  requireTokens(tenants, options.host);
  const stored = await readStored(context, config.sweep);
  const served = await prepareServing(config, stored, options.variant ?? config.serve?.variant);
  if (!settings.externalTemporal) refuseMissingKeys(findMissingKeys(served.config));
  const stack = createLocalStack(context, served.model, served.config);
  await stack.check();
  await untilInterrupted(async (interrupt) => {
    await interrupt.race(stack.start(interrupt.signal));
    await withStore(context, async (store) => {
      const connection = await interrupt.race(connectClient(settings));
      try {
        const { client } = connection;
        await ensureSearchAttributes(client);
        const dtype = await findDtype(context, served);
        const endpoint = await openEndpoint({
          gateway: createGateway({ client, store, served, dtype }),
          ...{ tenants, host: options.host, port: options.port },
          name: config.sweep,
          aliases: [config.model],
          budgetMs: options.budgetMs ?? config.serve?.budgetMs ?? null,
          rate: options.rate ?? config.serve?.rate ?? null,
          report: terminal.note,
        });
        const days = options.keepDays ?? config.serve?.keepDays ?? null;
        const expiry =
          days === null
            ? null
            : expireRequests({ store, sweep: config.sweep, days, report: terminal.note });
        try {
          terminal.result(`${endpoint.url}/v1`);
          terminal.note(describeServed(served, tenants.isOpen));
          await interrupt.arrival;
        } finally {
          await endpoint.close();
          await expiry?.stop();
        }
      } finally {
        await connection.close();
      }
    });
  });
}

/** What a sweep of the same name has settled, if there is one. */
async function readStored(context: CommandContext, name: string): Promise<StoredSweep | null> {
  return withStoreForReading(context, async (store) => {
    const sweep = (await store?.getSweep(name)) ?? null;
    if (store === null || sweep === null) return null;
    return { sweep, thresholds: await store.listThresholds(name) };
  });
}

/** The type of numbers that requests are computed in: the config's, else the engine's; null if that is elsewhere. */
async function findDtype(
  { settings }: CommandContext,
  { config }: ServedModel,
): Promise<EngineDtype | "any" | null> {
  if (config.dtype !== undefined) return config.dtype;
  const isElsewhere = settings.externalTemporal && !settings.externalEngine;
  return isElsewhere ? null : readEngineDtype(settings.engineUrl);
}

function describeServed({ config, variant }: ServedModel, isOpen: boolean): string {
  const who = isOpen ? "this machine" : "holders of a token";
  return `Serving ${config.sweep} (${config.model}, variant ${variant.name}) to ${who}. Press Ctrl-C to stop.`;
}

function parseBudget(text: string): number {
  const budget = Number(text);
  if (Number.isInteger(budget) && budget >= 1 && budget <= LONGEST_WAIT_MS) return budget;
  throw new InvalidArgumentError(
    `a budget is a whole number of milliseconds from 1 to ${LONGEST_WAIT_MS}`,
  );
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 1) return rate;
  throw new InvalidArgumentError("a rate is a whole number of at least 1");
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new InvalidArgumentError(`a number of days is a whole number from 1 to ${MOST_DAYS}`);
}
