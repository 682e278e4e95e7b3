import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection, makeGrpcRetryInterceptor } from "@temporalio/client";
import { expect, it, onTestFinished } from "vitest";
import { createRetries } from "../../../../infra/temporal/retries.js";

/** gRPC's UNAVAILABLE. */
const UNAVAILABLE = "14";

it("a retry that waits is over before the connection is closed", async () => {
  let calls = 0;
  const server = createServer().on("stream", (stream) => {
    calls += 1;
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "grpc-status": UNAVAILABLE },
      { endStream: true },
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const retries = createRetries();
  const connection = Connection.lazy({
    address: `127.0.0.1:${port}`,
    interceptors: [makeGrpcRetryInterceptor(retries.options)],
  });
  const failed = expect(connection.workflowService.getSystemInfo({})).rejects.toThrow();
  while (calls < 3) await sleep(10);
  await retries.stop();
  await connection.close();
  const made = calls;
  await failed;
  await sleep(1_000);
  expect(calls).toBe(made);
});
