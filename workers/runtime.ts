import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { LogLevel, Logger } from "@temporalio/worker";
import type { Level } from "pino";
import pino from "pino";

const levels: Readonly<Record<LogLevel, Level>> = {
  TRACE: "trace",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
};

/** Activity workers have no workflows by design. */
const EXPECTED_WARNING = "No workflows registered, not polling for workflow tasks";

/** Log level of a worker unless WHETSTONE_LOG_LEVEL is set. */
const DEFAULT_LEVEL: LogLevel = "WARN";

/**
 * Installs Temporal's runtime once per process, with JSON lines logged to stderr, and returns its
 * logger. `runWorker` handles shutdown signals.
 */
export function installRuntime(level = readLevel()): Logger {
  installed ??= install(level);
  return installed;
}

let installed: Logger | undefined;

function install(level: LogLevel): Logger {
  const output = pino(
    {
      level: levels[level],
      serializers: { error: pino.stdSerializers.err },
      // Not useful to a reader.
      redact: { paths: ["taskToken"], remove: true },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  const logger = new DefaultLogger(level, ({ level: entryLevel, message, meta }) => {
    if (message === EXPECTED_WARNING) return;
    output[levels[entryLevel]](meta ?? {}, message);
  });
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: `temporalio_sdk_core=${level},warn` } },
  });
  return logger;
}

function readLevel(): LogLevel {
  const wanted = process.env["WHETSTONE_LOG_LEVEL"]?.toUpperCase() ?? "";
  return wanted in levels ? (wanted as LogLevel) : DEFAULT_LEVEL;
}
