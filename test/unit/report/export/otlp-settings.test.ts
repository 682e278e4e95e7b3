import { describe, expect, it } from "vitest";
import { readOtlpSettings } from "../../../../report/export/otel/otlp-settings.js";

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

describe("readOtlpSettings", () => {
  it("adds the path of logs to the general endpoint, and reads percent-encoded headers", () => {
    const settings = readOtlpSettings({
      [ENDPOINT]: "https://user:p%40ss@otel.example.org:4318/base/",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%2Cb, x-team = ferries ,",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=test,service.name=other",
    });
    expect(settings).toEqual({
      url: "https://otel.example.org:4318/base/v1/logs",
      headers: {
        authorization: `Basic ${Buffer.from("user:p@ss").toString("base64")}`,
        "x-key": "a,b",
        "x-team": "ferries",
      },
      timeoutMs: 2_500,
      resource: { "deployment.environment": "test", "service.name": "whetstone" },
    });
  });

  it("prefers what is set for logs alone, and an address before both endpoints", () => {
    const env = {
      [ENDPOINT]: "http://general:4318",
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:4318/own/path",
      OTEL_EXPORTER_OTLP_HEADERS: "x=general",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: "x=logs",
      OTEL_SERVICE_NAME: "ferries",
    };
    expect(readOtlpSettings(env)).toMatchObject({
      url: "http://logs:4318/own/path",
      headers: { x: "logs" },
      timeoutMs: 10_000,
      resource: { "service.name": "ferries" },
    });
    expect(readOtlpSettings(env, "http://given:4318").url).toBe("http://given:4318/v1/logs");
  });

  it.each<[Readonly<Record<string, string>>, string, string]>([
    [{}, "USAGE", `otel needs the address of a server: --to or ${ENDPOINT}.`],
    [
      { [ENDPOINT]: "ftp://user:secret@host?key=secret" },
      "SETTING_INVALID",
      "ftp://host is no address of a server.",
    ],
    [
      { [ENDPOINT]: "http://host", OTEL_EXPORTER_OTLP_HEADERS: "just-a-secret" },
      "SETTING_INVALID",
      "OTEL_EXPORTER_OTLP_HEADERS is no list of key=value pairs, separated by commas.",
    ],
    [
      { [ENDPOINT]: "http://host", OTEL_EXPORTER_OTLP_TIMEOUT: "soon" },
      "SETTING_INVALID",
      'OTEL_EXPORTER_OTLP_TIMEOUT is "soon"; a number of milliseconds is needed.',
    ],
    [
      { [ENDPOINT]: "http://host", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      "SETTING_INVALID",
      "Results are sent by OTLP over HTTP, not by gRPC.",
    ],
  ])("refuses %j", (env, code, message) => {
    let caught: unknown;
    try {
      readOtlpSettings(env);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code, message });
  });
});
