import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { LogLevel, Logger, RuntimeOptions } from "@temporalio/worker";
import type { Level } from "pino";
import pino from "pino";
import { WhetstoneError } from "../domain/errors/whetstone-error.js";
import { isDiskFull } from "../infra/full-disk.js";
import { HISTOGRAM_BUCKETS } from "./metrics/meters.js";

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
 * Installs Temporal's runtime once per process, with JSON lines logged to stderr and metrics served at an address if
 * one is given, and returns its logger. `runWorker` handles shutdown signals.
 */
export function installRuntime(metricsAddress: string | null, level = readLevel()): Logger {
  installed ??= install(metricsAddress, level);
  return installed;
}

let installed: Logger | undefined;

function install(metricsAddress: string | null, level: LogLevel): Logger {
  const output = pino(
    {
      level: levels[level],
      serializers: { error: pino.stdSerializers.err },
      // Not useful to a reader.
      redact: { paths: ["taskToken"], remove: true },
    },
    openLogOutput(),
  );
  const logger = new DefaultLogger(level, ({ level: entryLevel, message, meta }) => {
    if (message === EXPECTED_WARNING) return;
    output[levels[entryLevel]](meta ?? {}, message);
  });
  installOrExplain(metricsAddress, {
    logger,
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: `temporalio_sdk_core=${level},warn` },
      ...(metricsAddress !== null && {
        metrics: {
          prometheus: {
            bindAddress: metricsAddress,
            histogramBucketOverrides: { ...HISTOGRAM_BUCKETS },
          },
        },
      }),
    },
  });
  return logger;
}

/** Standard error. On a full disk lines are lost or come later; the worker goes on. */
function openLogOutput(): ReturnType<typeof pino.destination> {
  const output = pino.destination({ dest: 2, sync: true });
  output.on("error", (error: unknown) => {
    if (!isDiskFull(error)) throw error;
  });
  return output;
}

/** Throws SETTING_INVALID if metrics cannot be served at that address. */
function installOrExplain(metricsAddress: string | null, options: RuntimeOptions): void {
  try {
    Runtime.install(options);
  } catch (error) {
    if (metricsAddress === null) throw error;
    throw new WhetstoneError(`Metrics cannot be served at ${metricsAddress}: ${String(error)}`, {
      code: "SETTING_INVALID",
      hint: "set WHETSTONE_METRICS_ADDRESS to a free port of this host: workers of one host need one each",
      cause: error,
    });
  }
}

function readLevel(): LogLevel {
  const wanted = process.env["WHETSTONE_LOG_LEVEL"]?.toUpperCase() ?? "";
  return wanted in levels ? (wanted as LogLevel) : DEFAULT_LEVEL;
}
