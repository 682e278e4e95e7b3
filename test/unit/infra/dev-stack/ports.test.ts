import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { isPortFree, requireFreePorts } from "../../../../infra/dev-stack/ports.js";

async function occupyPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("ports", () => {
  it("are free until a process listens", async () => {
    expect(await isPortFree(await occupyPort())).toBe(false);
    expect(await isPortFree(await findFreePort())).toBe(true);
  });

  it("in use are reported with the variable that changes them", async () => {
    const port = await occupyPort();
    const use = { port, variable: "WHETSTONE_ENGINE_PORT", user: "the engine" };
    await expect(requireFreePorts([use])).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringMatching(
        new RegExp(`^Port ${port}, needed by the engine, is in use by .+\\.$`),
      ) as string,
      hint:
        "set WHETSTONE_ENGINE_PORT to a free port and run the same command again, " +
        `or stop that process (\`lsof -i tcp:${port}\` names it)`,
    });
  });

  it("held by a dying process are waited for", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    setTimeout(() => server.close(), 600);
    await expect(
      requireFreePorts([{ port, variable: "A", user: "the engine" }]),
    ).resolves.toBeUndefined();
  });

  it("that are free are accepted", async () => {
    const port = await findFreePort();
    await expect(
      requireFreePorts([{ port, variable: "A", user: "the engine" }]),
    ).resolves.toBeUndefined();
  });
});
