import { expect, it } from "vitest";
import {
  findMissingKeys,
  refuseMissingKeys,
  warnOfMissingKey,
} from "../../../planning/missing-keys.js";
import { parse } from "../domain/config/fixtures.js";

const configOf = (variants: string, more = "") =>
  parse(`sweep: a\nmodel: tiny\ndataset: { format: lookalike }\n${more}variants: [${variants}]`);

it("names the teacher's variable, once, with the variants that need it", () => {
  const config = configOf("base, tt-d, { name: all, method: tt-d, selection: all }");
  const missing = findMissingKeys(config, { OPENAI_API_KEY: "" });
  expect(missing).toEqual([
    {
      apiKeyEnv: "OPENAI_API_KEY",
      baseUrl: "https://api.openai.com/v1",
      usedBy: "tt-d, all",
    },
  ]);
  expect(missing.map(warnOfMissingKey)).toEqual([
    "OPENAI_API_KEY is not set here, the key for https://api.openai.com/v1 (tt-d, all)",
  ]);
  expect(() => {
    refuseMissingKeys(missing);
  }).toThrow(
    expect.objectContaining({
      code: "SAMPLER_KEY_MISSING",
      message: "OPENAI_API_KEY is not set, the key for https://api.openai.com/v1 (tt-d, all).",
      hint: "export OPENAI_API_KEY=..., and run the same command again; or name another server, or remove those variants.",
    }),
  );
});

it("accepts a key that is set, a config that needs none, and a server on this machine", () => {
  expect(findMissingKeys(configOf("tt-d"), { OPENAI_API_KEY: "k" })).toEqual([]);
  expect(findMissingKeys(configOf("base, tt-si"), {})).toEqual([]);
  const sampler = (baseUrl: string) =>
    configOf("base", `sampler: { baseUrl: "${baseUrl}", model: m, apiKeyEnv: SOME_KEY }\n`);
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
    expect(findMissingKeys(sampler(`http://${host}:8000/v1`), {}), host).toEqual([]);
  }
  expect(findMissingKeys(sampler("http://gpu-7:8000/v1"), {})).toMatchObject([
    { apiKeyEnv: "SOME_KEY", usedBy: "sampler" },
  ]);
  expect(() => {
    refuseMissingKeys([]);
  }).not.toThrow();
});
