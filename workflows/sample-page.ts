import { setCurrentDetails } from "@temporalio/workflow";
import type { SampleUnitsInput, UnitOfSample } from "../contracts/sample-input.js";
import type { UnitState } from "./details.js";
import { renderDetails } from "./details.js";
import { block, code } from "./details-text.js";

/** The page of a sample's workflow in the Temporal UI: its units with their verdicts, then each unit in detail. */
export class SamplePage {
  readonly #input: SampleUnitsInput;
  readonly #verdicts = new Map<UnitOfSample, string>();
  readonly #details = new Map<UnitOfSample, string>();
  #query: string | undefined;

  constructor(input: SampleUnitsInput) {
    this.#input = input;
  }

  /** Shows the state of one of the input's units. */
  show(unit: UnitOfSample, state: UnitState): void {
    this.#query ??= state.query;
    this.#verdicts.set(unit, state.end?.verdict ?? "running");
    this.#details.set(unit, renderDetails({ ...state, query: undefined }));
    setCurrentDetails(this.#render());
  }

  #render(): string {
    const { dataset, sampleKey, units } = this.#input;
    const table = block(
      `**${dataset} ${sampleKey}**`,
      ["variant", "seed", "against gold"],
      units.map((unit) => [unit.variant, String(unit.seed), this.#verdicts.get(unit) ?? "waiting"]),
    );
    const details = units.flatMap((unit) => this.#details.get(unit) ?? []);
    const query = this.#query === undefined ? [] : [`query: ${code(this.#query)}`];
    return [...query, table, ...details].join("\n\n");
  }
}
