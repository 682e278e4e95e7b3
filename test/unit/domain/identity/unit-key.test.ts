import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../../../domain/identity/hash.js";
import { sampleKey, unitKey } from "../../../../domain/identity/unit-key.js";

const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,30}$/);
const datasetName = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const anySampleKey = fc
  .tuple(fc.nat(999_999_999), fc.string())
  .map(([row, text]) => sampleKey(row, sha256Hex(text)));
const anyParts = fc.record({
  sweep: name,
  variant: name,
  seed: fc.nat(1000),
  dataset: datasetName,
  sampleKey: anySampleKey,
});

const legal = {
  sweep: "quickstart",
  variant: "tt-si-0.95",
  seed: 0,
  dataset: "lookalike",
  sampleKey: "12-0a1b2c3d",
};

describe("unitKey", () => {
  it("joins the five parts", () => {
    expect(unitKey(legal)).toBe("quickstart/tt-si-0.95/0/lookalike/12-0a1b2c3d");
  });

  it("stays below 255 characters", () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        expect(unitKey(parts).length).toBeLessThan(255);
      }),
    );
  });

  it("gives different parts different keys", () => {
    fc.assert(
      fc.property(anyParts, anyParts, (left, right) => {
        const equal = JSON.stringify(left) === JSON.stringify(right);
        expect(unitKey(left) === unitKey(right)).toBe(equal);
      }),
    );
  });

  it.each([
    [
      { sweep: "a/b" },
      'sweep name "a/b" is not allowed. Allowed: 1 to 64 lower-case letters, digits, dots and hyphens, the first a letter or digit',
    ],
    [
      { variant: "" },
      'variant name "" is not allowed. Allowed: 1 to 64 lower-case letters, digits, dots and hyphens, the first a letter or digit',
    ],
    [
      { dataset: "Seal" },
      'dataset name "Seal" is not allowed. Allowed: 1 to 40 lower-case letters, digits and hyphens, the first a letter or digit',
    ],
    [
      { sampleKey: "12" },
      'sample key "12" is not allowed. Allowed: a row number, a hyphen and 8 hex digits, as in 12-0a1b2c3d',
    ],
    [{ seed: -1 }, "seed index -1 is not a whole number from 0"],
  ])("refuses %o", (change, message) => {
    expect(() => unitKey({ ...legal, ...change })).toThrow(
      expect.objectContaining({ message, code: "UNIT_KEY_INVALID" }),
    );
  });

  it("refuses a key that is too long for a workflow id", () => {
    const long = {
      ...legal,
      sweep: "s".repeat(64),
      variant: "v".repeat(64),
      dataset: "d".repeat(40),
    };
    expect(unitKey(long)).toHaveLength(184);
    const longest = { ...long, seed: 9_007_199_254_740_991, sampleKey: "999999999-0a1b2c3d" };
    expect(() => unitKey(longest)).toThrow(/has 206 characters, at most 200$/);
  });
});

describe("sampleKey", () => {
  it("is the row and the first 8 digits of the hash", () => {
    expect(sampleKey(3, "0123456789abcdef")).toBe("3-01234567");
  });

  it("rejects an invalid hash", () => {
    expect(() => sampleKey(3, "xyz")).toThrow(
      'sample key "3-xyz" is not allowed. Allowed: a row number, a hyphen and 8 hex digits, as in 12-0a1b2c3d',
    );
  });
});
