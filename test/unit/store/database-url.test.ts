import { describe, expect, it } from "vitest";
import { maskDatabaseUrl, parseDatabaseUrl } from "../../../store/database-url.js";

describe("parseDatabaseUrl", () => {
  it.each([
    ["sqlite:/a/b.db", { kind: "sqlite", path: "/a/b.db" }],
    ["sqlite:b.db", { kind: "sqlite", path: "b.db" }],
    ["sqlite:///a/b.db", { kind: "sqlite", path: "/a/b.db" }],
    ["postgres://u:p@h:5/d", { kind: "postgres", url: "postgres://u:p@h:5/d" }],
    [
      "postgresql://h/d?sslmode=require",
      { kind: "postgres", url: "postgresql://h/d?sslmode=require" },
    ],
  ])("takes %s apart", (url, expected) => {
    expect(parseDatabaseUrl(url)).toEqual(expected);
  });

  it.each(["", "sqlite:", "/a/b.db", "mysql://h/d", "postgres://", "postgres://h:x/d"])(
    "refuses %j",
    (url) => {
      expect(() => parseDatabaseUrl(url)).toThrow(
        `The database URL ${JSON.stringify(url)} is not valid.`,
      );
    },
  );
});

describe("maskDatabaseUrl", () => {
  it.each([
    ["postgres://me:secret@host/db", "postgres://me:***@host/db"],
    ["postgres://me:s@c/r:et@host:1/db", "postgres://me:***@host:1/db"],
    ["postgres://host/db?user=me&password=secret", "postgres://host/db?user=me&password=***"],
    ["postgres://me@host/db", "postgres://me@host/db"],
    ["sqlite:/a/b.db", "sqlite:/a/b.db"],
  ])("%s becomes %s", (url, masked) => {
    expect(maskDatabaseUrl(url)).toBe(masked);
  });
});
