import type { Http2SecureServer } from "node:http2";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { loadSettings } from "../../../../infra/settings.js";
import { connectClient, connectWorker } from "../../../../infra/temporal/connection.js";
import type { Certificate } from "./expired-certificate.js";
import { hasOpenssl, makeExpiredCertificate } from "./expired-certificate.js";

describe.skipIf(!hasOpenssl())("a server whose certificate has expired", () => {
  let certificate: Certificate;
  let server: Http2SecureServer;
  let address: string;

  beforeAll(async () => {
    certificate = makeExpiredCertificate();
    const { key, cert } = certificate;
    server = createSecureServer({ key, cert });
    // A client that refuses the certificate closes its connection.
    server.on("sessionError", () => undefined);
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    vi.stubEnv("TEMPORAL_ADDRESS", address);
    vi.stubEnv("TEMPORAL_TLS", "true");
    vi.stubEnv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", certificate.path);
  });

  afterAll(() => {
    server.close();
    certificate.remove();
  });

  it.each([
    ["commands", connectClient],
    ["workers", connectWorker],
  ])("is named by %s", async (_, connect) => {
    const settings = loadSettings({ TEMPORAL_ADDRESS: address });
    await expect(connect(settings)).rejects.toMatchObject({
      code: "TEMPORAL_CERTIFICATE_INVALID",
      message: expect.stringMatching(
        new RegExp(
          `^The Temporal server at ${address} and this process do not accept each other's TLS certificates: .*expired`,
          "i",
        ),
      ) as string,
      hint:
        "replace what has expired or is wrong (`openssl x509 -noout -subject -enddate -in FILE`; TEMPORAL_TLS_SERVER_CA_CERT_PATH, " +
        "TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH), start workers again, then run the same command again: nothing is lost",
    });
  });
});

it("a server that is not there is unreachable, with TLS, too", async () => {
  vi.stubEnv("TEMPORAL_ADDRESS", "127.0.0.1:1");
  vi.stubEnv("TEMPORAL_TLS", "true");
  await expect(
    connectClient(loadSettings({ TEMPORAL_ADDRESS: "127.0.0.1:1" }), 500),
  ).rejects.toMatchObject({ code: "TEMPORAL_UNREACHABLE" });
});
