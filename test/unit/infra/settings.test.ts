import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../../infra/repository.js";
import { loadSettings } from "../../../infra/settings.js";

describe("loadSettings", () => {
  it("fills in the defaults of a single machine", () => {
    const home = join(repositoryRoot, ".whetstone");
    expect(loadSettings({})).toEqual({
      home,
      databaseUrl: `sqlite:${join(home, "whetstone.db")}`,
      engineUrl: "http://127.0.0.1:8400",
      engineDtype: "auto",
      externalTemporal: false,
      externalEngine: false,
      ports: { temporal: 7233, ui: 8233, engine: 8400 },
      temporalUiUrl: "http://127.0.0.1:8233",
      metricsAddress: null,
      deploymentVersion: null,
    });
  });

  it("follows the environment", () => {
    const settings = loadSettings({
      WHETSTONE_HOME: "elsewhere",
      WHETSTONE_DATABASE_URL: "postgres://host/database",
      WHETSTONE_ENGINE_PORT: "9001",
      WHETSTONE_TEMPORAL_UI_PORT: "9002",
      TEMPORAL_ADDRESS: "temporal:7233",
    });
    expect(settings.home).toBe(resolve("elsewhere"));
    expect(settings.databaseUrl).toBe("postgres://host/database");
    expect(settings.engineUrl).toBe("http://127.0.0.1:9001");
    expect(settings.externalEngine).toBe(false);
    expect(settings.externalTemporal).toBe(true);
    expect(settings.temporalUiUrl).toBe("http://127.0.0.1:9002");
  });

  it.each(["x", "0", "-1", "1e9"])("refuses %s gigabytes for the local engine", (text) => {
    expect(() => loadSettings({ WHETSTONE_ENGINE_MEMORY_GB: text })).toThrow(
      expect.objectContaining({
        code: "SETTING_INVALID",
        message: `WHETSTONE_ENGINE_MEMORY_GB is "${text}", which is not a number of gigabytes.`,
      }) as Error,
    );
    expect(() => loadSettings({ WHETSTONE_ENGINE_MEMORY_GB: "6.5" })).not.toThrow();
  });

  it("reads the local engine's type", () => {
    expect(loadSettings({ WHETSTONE_ENGINE_DTYPE: "bfloat16" }).engineDtype).toBe("bfloat16");
    expect(loadSettings({ WHETSTONE_ENGINE_DTYPE: "auto" }).engineDtype).toBe("auto");
    expect(() => loadSettings({ WHETSTONE_ENGINE_DTYPE: "bf16" })).toThrow(
      expect.objectContaining({
        code: "SETTING_INVALID",
        message:
          'WHETSTONE_ENGINE_DTYPE is "bf16", which is not a type of numbers that the engine knows.',
        hint: "set WHETSTONE_ENGINE_DTYPE to auto, float32, bfloat16, float64, or unset it for auto",
      }),
    );
  });

  it("reads the version of workers", () => {
    const read = (text: string) =>
      loadSettings({ WHETSTONE_DEPLOYMENT_VERSION: text }).deploymentVersion;
    expect(["", "0.2.0", "2026-11-27_b"].map(read)).toEqual([null, "0.2.0", "2026-11-27_b"]);
    expect(() => read("a b")).toThrow(
      expect.objectContaining({
        code: "SETTING_INVALID",
        message: 'WHETSTONE_DEPLOYMENT_VERSION is "a b", which does not name a version.',
      }),
    );
  });

  it.each(["0.0.0.0:9464", "127.0.0.1:1", "[::]:9464"])("serves metrics at %s", (address) => {
    expect(loadSettings({ WHETSTONE_METRICS_ADDRESS: address }).metricsAddress).toBe(address);
  });

  it.each(["9464", "host:9464", "0.0.0.0:0", "0.0.0.0:65536"])("refuses metrics at %s", (text) => {
    expect(() => loadSettings({ WHETSTONE_METRICS_ADDRESS: text })).toThrow(
      expect.objectContaining({
        code: "SETTING_INVALID",
        message: `WHETSTONE_METRICS_ADDRESS is "${text}", which is not an IP address and a port.`,
        hint: "set WHETSTONE_METRICS_ADDRESS to, for example, 0.0.0.0:9464, or unset it to serve no metrics",
      }),
    );
  });

  it.each(["abc", "0", "65536", "80.5"])("refuses %s as a port", (text) => {
    expect(() => loadSettings({ WHETSTONE_ENGINE_PORT: text })).toThrow(
      expect.objectContaining({
        code: "SETTING_INVALID",
        message: `WHETSTONE_ENGINE_PORT is "${text}", which is not a valid port.`,
        hint: "set WHETSTONE_ENGINE_PORT to a number from 1 to 65535, or unset it for 8400",
      }),
    );
  });
});
