import { describe, expect, it } from "vitest";
import { hashEnvironment } from "../../../../infra/dev-stack/environment-hash.js";

const isOurs = (name: string) => name.startsWith("WHETSTONE_");

describe("hashEnvironment", () => {
  it("changes only with relevant values", () => {
    const before = hashEnvironment(isOurs, { WHETSTONE_A: "1", PATH: "/bin" });
    expect(hashEnvironment(isOurs, { PATH: "/usr/bin", WHETSTONE_A: "1" })).toBe(before);
    expect(hashEnvironment(isOurs, { WHETSTONE_A: "2", PATH: "/bin" })).not.toBe(before);
    expect(hashEnvironment(isOurs, { WHETSTONE_A: "1", WHETSTONE_B: "" })).not.toBe(before);
  });

  it("does not contain the value", () => {
    expect(hashEnvironment(isOurs, { WHETSTONE_TOKEN: "secret" })).toMatch(/^[0-9a-f]{16}$/);
  });
});
