import fc from "fast-check";
import { expect, test } from "vitest";
import { ENGINE_DTYPES } from "../../../../domain/config/engine-dtype.js";
import { dtypeForKey, readDtype, recordDtype } from "../../../../domain/identity/recorded-dtype.js";

test("what is recorded is read back, and nothing else of the provenance changes", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.string()),
      fc.constantFrom(...ENGINE_DTYPES),
      (facts, dtype) => {
        const provenance = recordDtype({ provenance: facts }, dtype);
        expect(readDtype({ provenance })).toBe(dtype);
        expect(provenance).toEqual({ ...facts, engine: { dtype } });
      },
    ),
  );
});

test.each([{}, { engine: null }, { engine: "bfloat16" }, { engine: { dtype: "int8" } }])(
  "%j records no type",
  (provenance) => {
    expect(readDtype({ provenance })).toBeNull();
  },
);

test("keys stay as they were for float32 and for what was not recorded", () => {
  expect(dtypeForKey(undefined)).toEqual({});
  expect(dtypeForKey("float32")).toEqual({});
  expect(dtypeForKey("bfloat16")).toEqual({ dtype: "bfloat16" });
  expect(dtypeForKey("any")).toEqual({ dtype: "any" });
});
