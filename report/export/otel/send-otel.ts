import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { readToolVersion } from "../../../infra/repository.js";
import type { SentResults, ServiceInput } from "../service/exporter.js";
import { hideUrlSecrets } from "../service/address.js";
import { renderUtf8Json } from "../utf8-json.js";
import { sendRequest } from "../service/send-request.js";
import { toAttributes, toEvaluationEvents } from "./evaluation-event.js";
import { readOtlpSettings, type OtlpSettings } from "./otlp-settings.js";

/** Events per request: some hundred kilobytes. */
const BATCH = 500;

/**
 * Sends two events per unit, its soft and its strict verdict, to a receiver of OTLP over HTTP (JSON), in batches, one
 * after the other. Throws `USAGE`, `SETTING_INVALID`, `EXPORT_SERVICE_REFUSED`, `EXPORT_SERVICE_UNREACHABLE`.
 */
export async function sendOtelEvents({
  source,
  options,
  address,
  env,
}: ServiceInput): Promise<SentResults> {
  const settings = readOtlpSettings(env, address);
  const { model, variants } = source.record.config;
  const byName = new Map(variants.map((each) => [each.name, each]));
  let batch: object[] = [];
  let events = 0;
  let requests = 0;
  const send = async () => {
    if (batch.length === 0) return;
    await sendBatch(settings, batch);
    events += batch.length;
    requests += 1;
    batch = [];
  };
  for await (const unit of source.readUnits()) {
    const context = { model, variant: byName.get(unit.row.variant), link: options.link(unit.row) };
    batch.push(...toEvaluationEvents(unit, context));
    if (batch.length >= BATCH) await send();
  }
  await send();
  const summary = `${events} events in ${requests} ${requests === 1 ? "request" : "requests"}`;
  return { address: hideUrlSecrets(settings.url), summary, warnings: [] };
}

async function sendBatch(settings: OtlpSettings, logRecords: readonly object[]): Promise<void> {
  const { url, headers, timeoutMs, resource } = settings;
  const version = readToolVersion();
  const body = renderUtf8Json({
    resourceLogs: [
      {
        resource: { attributes: toAttributes({ "service.version": version, ...resource }) },
        scopeLogs: [{ scope: { name: "whetstone", version }, logRecords }],
      },
    ],
  });
  const { text } = await sendRequest({
    ...{ method: "POST", url, timeoutMs, body },
    headers: { ...headers, "content-type": "application/json" },
  });
  const { count, message } = readRejected(text);
  if (count === 0) return;
  throw new WhetstoneError(
    `${hideUrlSecrets(url)} rejected ${count} of ${logRecords.length} events${message === "" ? "" : `: ${message}`}`,
    { code: "EXPORT_SERVICE_REFUSED", hint: "see the receiver's log, then run the command again" },
  );
}

/** What a receiver took only in part. */
function readRejected(text: string): { readonly count: number; readonly message: string } {
  try {
    const { partialSuccess: part } = JSON.parse(text) as {
      partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string };
    };
    return { count: Number(part?.rejectedLogRecords ?? 0), message: part?.errorMessage ?? "" };
  } catch {
    // Receivers may answer in protobuf or not at all.
    return { count: 0, message: "" };
  }
}
