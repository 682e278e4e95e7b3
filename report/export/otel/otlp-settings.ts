import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { readAddress, splitCredentials } from "../service/address.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where events go, as OpenTelemetry's environment variables say it. */
export interface OtlpSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Attributes of the resource that the events belong to. */
  readonly resource: Readonly<Record<string, string>>;
}

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
/** Milliseconds, as OpenTelemetry's default. */
const TIMEOUT_MS = 10_000;

/**
 * Reads OpenTelemetry's variables; those of logs alone (`OTEL_EXPORTER_OTLP_LOGS_...`) go first. `address` counts as
 * OTEL_EXPORTER_OTLP_ENDPOINT. Throws `USAGE`, `SETTING_INVALID`.
 */
export function readOtlpSettings(env: Environment, address?: string): OtlpSettings {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const either = (name: string): string | undefined =>
    read(`OTEL_EXPORTER_OTLP_LOGS_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`);
  if (either("PROTOCOL") === "grpc") {
    throw new WhetstoneError("Results are sent by OTLP over HTTP, not by gRPC.", {
      code: "SETTING_INVALID",
      hint: `set OTEL_EXPORTER_OTLP_PROTOCOL=http/json and ${ENDPOINT} to the receiver's HTTP port (4318)`,
    });
  }
  const own = address === undefined ? read("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT") : undefined;
  // The endpoint of logs is complete; the general one lacks the path.
  const given = own ?? `${readAddress(address ?? read(ENDPOINT), ENDPOINT, "otel")}/v1/logs`;
  const { address: url, headers } = splitCredentials(readAddress(given, ENDPOINT, "otel"));
  return {
    url,
    headers: { ...headers, ...readPairs(either("HEADERS"), "OTEL_EXPORTER_OTLP_HEADERS") },
    timeoutMs: readTimeout(either("TIMEOUT")),
    resource: {
      ...readPairs(read("OTEL_RESOURCE_ATTRIBUTES"), "OTEL_RESOURCE_ATTRIBUTES"),
      "service.name": read("OTEL_SERVICE_NAME") ?? "whetstone",
    },
  };
}

/** Reads `key=value,key=value` with percent-encoded values. The error does not quote the text: it can hold a secret. */
function readPairs(text: string | undefined, name: string): Record<string, string> {
  const pairs = (text ?? "").split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      const key = pair.slice(0, Math.max(at, 0)).trim();
      const value = decode(pair.slice(at + 1).trim());
      if (key !== "" && value !== null) return [key, value];
      throw new WhetstoneError(`${name} is no list of key=value pairs, separated by commas.`, {
        code: "SETTING_INVALID",
        hint: `write it as ${name}=key=value,key=value; a comma in a value is %2C`,
      });
    }),
  );
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function readTimeout(text: string | undefined): number {
  const milliseconds = Number(text ?? TIMEOUT_MS);
  if (Number.isInteger(milliseconds) && milliseconds > 0) return milliseconds;
  throw new WhetstoneError(
    `OTEL_EXPORTER_OTLP_TIMEOUT is ${JSON.stringify(text)}; a number of milliseconds is needed.`,
    { code: "SETTING_INVALID", hint: `for example OTEL_EXPORTER_OTLP_TIMEOUT=${TIMEOUT_MS}` },
  );
}
