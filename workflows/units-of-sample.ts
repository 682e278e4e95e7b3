import type { SampleInput, SampleUnitsInput, UnitOfSample } from "../contracts/sample-input.js";
import { unitKey } from "../domain/identity/unit-key.js";
import type { PlannedUnit } from "../domain/units/unit.js";

type Sample = Pick<SampleUnitsInput, "sweep" | "dataset" | "sampleKey" | "role">;

/** The planned unit of a sample. */
export function toPlannedUnit(
  { sweep, dataset, sampleKey, role }: Sample,
  { variant, seed }: Pick<UnitOfSample, "variant" | "seed">,
): PlannedUnit {
  const reference = { sweep, variant, seed, dataset, sampleKey };
  return { key: unitKey(reference), ...reference, role };
}

/** The input of one unit of a sample. */
export function toSampleInput(input: SampleUnitsInput, unit: UnitOfSample): SampleInput {
  const variant = input.variants.find(({ name }) => name === unit.variant);
  if (variant === undefined) throw new Error(`no variant ${unit.variant} in the input`);
  const { tau, partners, fineTuned } = unit;
  return {
    unit: toPlannedUnit(input, unit),
    variant,
    tau,
    plan: input.plan,
    ...(partners && { partners }),
    ...(fineTuned && { fineTuned }),
  };
}

/** Units of one sample, before it is known how many of them run side by side. */
export type SampleUnits = Omit<SampleUnitsInput, "lanes" | "partition" | "tellsBaseAnswer">;

/** Groups the units of a page by sample, samples and units in plan order. */
export function groupBySample(units: readonly SampleInput[]): SampleUnits[] {
  const samples = new Map<string, SampleInput[]>();
  for (const each of units) {
    const { dataset, sampleKey } = each.unit;
    const key = `${dataset}/${sampleKey}`;
    samples.set(key, [...(samples.get(key) ?? []), each]);
  }
  return [...samples.values()].flatMap((sample) => {
    const [first] = sample;
    if (first === undefined) return [];
    const { sweep, dataset, sampleKey, role } = first.unit;
    const units = sample.map(({ unit, variant, tau, partners, fineTuned }) => ({
      variant: variant.name,
      seed: unit.seed,
      tau,
      ...(partners && { partners }),
      ...(fineTuned && { fineTuned }),
    }));
    const variants = [...new Set(sample.map(({ variant }) => variant))];
    return [{ sweep, dataset, sampleKey, role, units, variants, plan: first.plan }];
  });
}
