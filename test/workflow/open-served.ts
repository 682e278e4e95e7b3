import type { ResolvedConfig } from "../../domain/config/config.js";
import { readEngineDtype } from "../../infra/dev-stack/engine-service.js";
import type { Endpoint } from "../../serving/endpoint.js";
import { openEndpoint } from "../../serving/endpoint.js";
import { createGateway } from "../../serving/gateway.js";
import { prepareServing } from "../../serving/prepare-serving.js";
import type { Tenants } from "../../serving/tenants.js";
import { readTenants } from "../../serving/tenants.js";
import type { Harness } from "./harness.js";

/** Opens an endpoint in this process, on the harness' servers and store. */
export async function openServed(
  { client, store, settings }: Harness,
  config: ResolvedConfig,
  variant: string,
  tenants: Tenants = readTenants({}),
): Promise<Endpoint> {
  const served = await prepareServing(config, null, variant);
  const dtype = await readEngineDtype(settings.engineUrl);
  return openEndpoint({
    gateway: createGateway({ client, store, served, dtype }),
    ...{ tenants, host: "127.0.0.1", port: 0 },
    ...{ name: config.sweep, aliases: [config.model], budgetMs: null, rate: null },
  });
}
