import { expect, it } from "vitest";
import { fuzz } from "../../fuzz/fuzz.js";

it("parser, matcher, schema reader and importer end on random input without throwing", async () => {
  // A new seed each time; a failure prints it, and `npm run fuzz -- --seed` repeats it.
  const results = await fuzz(2_000, Date.now() % 1_000_000);
  for (const { target, failure } of results) expect(failure, target).toBeNull();
}, 120_000);
