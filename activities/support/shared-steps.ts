import type { JsonValue } from "../../domain/json/value.js";
import type { StepRecord, Store } from "../../store/store.js";
import { SingleFlight } from "./single-flight.js";

/** A step's value and, where another unit computed it, that unit's key. */
export interface SharedValue<Value> {
  readonly value: Value;
  readonly reusedFrom?: string;
}

/** What is computed and for whom. */
export interface SharedStep {
  readonly key: string;
  readonly kind: StepRecord["kind"];
  readonly unitKey: string;
}

/**
 * Step values shared between units: equal keys mean equal computations, so the stored value is used instead of
 * computing again. Values are plain JSON; the caller vouches for their type, which its kind implies.
 */
export class SharedSteps {
  readonly #store: Store;
  readonly #flights = new SingleFlight();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The stored value, or null. */
  async find<Value>(key: string, unitKey: string): Promise<SharedValue<Value> | null> {
    const stored = await this.#store.getStep(key);
    return stored && shared<Value>(stored, unitKey);
  }

  /** The stored value, or what `compute` gives, stored. */
  async getOrCompute<Value>(
    step: SharedStep,
    compute: () => Promise<Value>,
  ): Promise<SharedValue<Value>> {
    // The first caller's unit becomes the origin, so a joined caller sees whose value it got.
    const record = await this.#flights.run(
      step.key,
      async () =>
        (await this.#store.getStep(step.key)) ?? (await this.#computeAndStore(step, compute)),
    );
    return shared(record, step.unitKey);
  }

  async #computeAndStore<Value>(
    step: SharedStep,
    compute: () => Promise<Value>,
  ): Promise<StepRecord> {
    const value = await compute();
    // Another process may have been first: then its value counts, for every unit alike.
    return this.#store.putStep({
      key: step.key,
      kind: step.kind,
      value: value as JsonValue,
      originUnit: step.unitKey,
    });
  }
}

function shared<Value>(record: StepRecord, unitKey: string): SharedValue<Value> {
  const value = record.value as Value;
  // A unit that runs again after a crash meets its own value: that is no reuse.
  return record.originUnit === unitKey ? { value } : { value, reusedFrom: record.originUnit };
}
