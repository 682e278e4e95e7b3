import { expect, it } from "vitest";
import { RateLimit } from "../../../serving/rate-limit.js";

it("lets each tenant send as many requests per minute as it may, and says how long to wait", () => {
  let now = 0;
  const limit = new RateLimit(3, () => now);
  const take = (tenant: string) => limit.take(tenant);
  expect([take("a"), take("a"), take("a"), take("a")]).toEqual([null, null, null, 20]);
  expect(take("b")).toBeNull();
  now += 19_000;
  expect(take("a")).toBe(1);
  now += 1_000;
  expect([take("a"), take("a")]).toEqual([null, 20]);
  now += 600_000;
  expect([take("a"), take("a"), take("a"), take("a")]).toEqual([null, null, null, 20]);
  const odd = new RateLimit(7, () => 0.1);
  expect(Array.from({ length: 8 }, () => odd.take("a")).indexOf(9)).toBe(7);
});
