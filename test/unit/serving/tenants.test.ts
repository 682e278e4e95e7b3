import { describe, expect, it } from "vitest";
import { readTenants, requireTokens } from "../../../serving/tenants.js";

const read = (tokens: string) => readTenants({ WHETSTONE_SERVE_TOKENS: tokens });

describe("tenants", () => {
  it("are found by their tokens, of which they may have several", () => {
    const tenants = read("app:first-token,app:second-token other:third:token");
    expect(tenants.isOpen).toBe(false);
    expect(tenants.find("Bearer first-token")).toBe("app");
    expect(tenants.find("bearer second-token")).toBe("app");
    expect(tenants.find("Bearer third:token")).toBe("other");
  });

  it.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer first-toke",
    "first-token",
    "Basic first-token",
  ])("are not found by %j", (header) => {
    expect(read("app:first-token").find(header)).toBeNull();
  });

  it("are one without tokens, on this machine only", () => {
    const tenants = readTenants({});
    expect(tenants.isOpen).toBe(true);
    expect(tenants.find(undefined)).toBe("local");
    for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
      expect(() => {
        requireTokens(tenants, host);
      }).not.toThrow();
    }
    for (const host of ["0.0.0.0", "::", "192.168.1.2", "127.0.0.1.example.org"]) {
      expect(() => {
        requireTokens(tenants, host);
      }).toThrow(`Other machines can reach ${host}, and no token is set.`);
      expect(() => {
        requireTokens(read("app:first-token"), host);
      }).not.toThrow();
    }
  });

  it.each([
    [
      "secret-token",
      "Pair 1 of WHETSTONE_SERVE_TOKENS does not begin with a tenant's name and a colon.",
    ],
    [
      "app:first-token,App:secret-token",
      "Pair 2 of WHETSTONE_SERVE_TOKENS does not begin with a tenant's name and a colon.",
    ],
    ["app:secret", "Pair 1 of WHETSTONE_SERVE_TOKENS has a token of fewer than 8 characters."],
  ])("%j is refused without quoting a token", (tokens, message) => {
    expect(() => read(tokens)).toThrow(
      expect.objectContaining({ code: "SERVE_TOKENS_INVALID", message }),
    );
    expect(message).not.toContain("secret");
  });
});
