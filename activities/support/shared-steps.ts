import type { JsonValue } from "../../domain/json/value.js";
import type { StepRecord, Store } from "../../store/store.js";
import { SingleFlight } from "./single-flight.js";

/** A step's value and, if another unit computed it, that unit's key. */
export interface SharedValue<Value> {
  readonly value: Value;
  readonly reusedFrom?: string;
}

/** The step to compute and the unit that requests it. */
export interface SharedStep {
  readonly key: string;
  readonly kind: StepRecord["kind"];
  readonly unitKey: string;
}

/**
 * Step values shared between units. Equal keys mean equal computations, so the stored value is reused instead of
 * recomputed. Values are plain JSON; the caller is responsible for their type, which the kind implies.
 */
export class SharedSteps {
  readonly #store: Store;
  readonly #flights = new SingleFlight();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Returns the stored value, or null. */
  async find<Value>(key: string, unitKey: string): Promise<SharedValue<Value> | null> {
    const stored = await this.#store.getStep(key);
    return stored && shared<Value>(stored, unitKey);
  }

  /** Returns the stored value, or computes and stores it. */
  async getOrCompute<Value>(
    step: SharedStep,
    compute: () => Promise<Value>,
  ): Promise<SharedValue<Value>> {
    // The first caller's unit becomes the origin, so that a joined caller sees which unit computed its value.
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
    // If another process was first, its value is used for every unit.
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
  // A unit that reruns after a crash finds its own value; that is not reuse.
  return record.originUnit === unitKey ? { value } : { value, reusedFrom: record.originUnit };
}
