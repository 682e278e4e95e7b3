import { expect, it } from "vitest";
import { KNOWN_MODELS, downloadBytes } from "../../../../infra/model-files/known.js";
import { indexEnvironment, locateWheels } from "../../../../infra/model-files/resolve-wheels.js";

const first = { requirement: "a==1", sha256: "1".repeat(64), size: 10 };
const second = { requirement: "b==2", sha256: "2".repeat(64), size: 20 };
const entry = (url: string, sha256: string) =>
  `{ url = "${url}", upload-time = 2026-05-24T22:37:40Z, size = 7, hashes = { sha256 = "${sha256}" } }`;

it("finds wheels by their hashes, in the order asked for", () => {
  const lock = [
    `[[packages]]\nname = "b"\nwheels = [${entry("https://x/b.whl", second.sha256)}]`,
    `[[packages]]\nname = "a"\nwheels = [\n    ${entry("https://x/other.whl", "3".repeat(64))},`,
    `    ${entry("https://x/a.whl", first.sha256)},\n]\n`,
  ].join("\n");
  expect(locateWheels([first, second], lock)).toEqual([
    { url: "https://x/a.whl", sha256: first.sha256, size: 10 },
    { url: "https://x/b.whl", sha256: second.sha256, size: 20 },
  ]);
});

it("refuses an index that has another file", () => {
  const lock = `wheels = [${entry("https://x/a.whl", second.sha256)}]`;
  expect(() => locateWheels([first], lock)).toThrow(
    expect.objectContaining({
      code: "MODEL_HASH_MISMATCH",
      message: `The package index has no wheel of a==1 with the SHA-256 ${first.sha256}.`,
    }),
  );
});

it("hands pip's index to uv unless uv has its own", () => {
  const pip = { PIP_INDEX_URL: "https://mirror/simple" };
  expect(indexEnvironment({})).toEqual({});
  expect(indexEnvironment(pip)).toEqual({ UV_DEFAULT_INDEX: "https://mirror/simple" });
  expect(indexEnvironment({ ...pip, UV_DEFAULT_INDEX: "https://own" })).toEqual({});
  expect(indexEnvironment({ ...pip, UV_INDEX_URL: "https://own" })).toEqual({});
});

it("pins every wheel of the known models once, in whole", () => {
  const wheels = KNOWN_MODELS.flatMap((model) => model.wheels);
  expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(29);
  expect(wheels.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
  expect(wheels.every(({ requirement }) => /^[a-z0-9-]+==\d+\.\d+\.\d+$/.test(requirement))).toBe(
    true,
  );
  expect(KNOWN_MODELS.map((model) => Math.round(downloadBytes(model) / 1e6))).toEqual([
    93, 478, 1093,
  ]);
});
