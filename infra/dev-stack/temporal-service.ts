import process from "node:process";

import { searchAttributeTypes } from "../temporal/search-attributes.js";
import type { Settings } from "../settings.js";
import type { ServiceSpec } from "./service.js";
import { findTemporalCli } from "./temporal-cli.js";
import { isTemporalReady } from "../temporal/namespace.js";
import { makeHomeFolder } from "../make-folder.js";

/** Name of the local server's pid file and log. */
export const temporalServiceName = "temporal";

/** Address of the local Temporal server. */
export function localTemporalAddress(settings: Settings): string {
  return `127.0.0.1:${settings.ports.temporal}`;
}

/** Namespace of local processes: TEMPORAL_NAMESPACE, by default "default". */
export function localNamespace(): string {
  return process.env["TEMPORAL_NAMESPACE"] ?? "default";
}

/** The local Temporal server: one process with its database in a file in the home folder. */
export function temporalService(settings: Settings): ServiceSpec {
  makeHomeFolder(settings.home);
  const { temporal, ui } = settings.ports;
  const namespace = localNamespace();
  const attributes = Object.entries(searchAttributeTypes).flatMap(([name, type]) => [
    "--search-attribute",
    `${name}=${type}`,
  ]);
  return {
    name: temporalServiceName,
    title: "The Temporal server",
    command: findTemporalCli(),
    arguments: [
      // Temporal inserts the name into a URI without escaping: a path with "#", "?" or "%" would name another file.
      ...["server", "start-dev", "--db-filename", "temporal.db"],
      // The default pragmas sync every write, which is three times slower.
      ...["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"],
      // Sweeps take turns while their tasks wait.
      ...["--dynamic-config-value", "matching.enableFairness=true"],
      ...["--ip", "127.0.0.1", "--port", String(temporal), "--ui-port", String(ui)],
      ...["--namespace", namespace, "--log-level", "warn", "--ui-disable-news-fetch"],
      ...attributes,
    ],
    environment: {},
    directory: settings.home,
    ports: [
      { port: temporal, variable: "WHETSTONE_TEMPORAL_PORT", user: "the Temporal server" },
      { port: ui, variable: "WHETSTONE_TEMPORAL_UI_PORT", user: "the Temporal UI" },
    ],
    parameters: { port: String(temporal), uiPort: String(ui), namespace },
    startTimeoutMs: 60_000,
    errorCode: "TEMPORAL_NOT_STARTED",
    isHealthy: () => isTemporalReady(localTemporalAddress(settings), namespace),
  };
}
