import {
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { drainSignal, unitEndedSignal } from "../contracts/messages.js";
import type {
  SampleUnitsInput,
  SampleUnitsResult,
  UnitEnd,
  UnitOfSample,
} from "../contracts/sample-input.js";
import type { AnsweredUnit } from "./answer-unit.js";
import { answerUnit } from "./answer-unit.js";
import { attributesOf, outcomesAttribute } from "./outcome.js";
import { SamplePage } from "./sample-page.js";
import { isHopeless } from "./stop-rules.js";
import { toSampleInput } from "./units-of-sample.js";

/** Events after which no more units start: a unit adds up to 100, and histories become slow at 4,096. */
const LONG_HISTORY = 3_000;

/**
 * Answers the pending units of one sample, `lanes` at a time in plan order, and records each in its own row. A unit
 * that fails does not end the others. Told to drain, it finishes the units in flight and returns the rest. A cancelled
 * unit writes no row and stays pending.
 */
export async function sampleUnitsWorkflow(input: SampleUnitsInput): Promise<SampleUnitsResult> {
  const waiting = [...input.units];
  const answered = new Map<UnitOfSample, AnsweredUnit>();
  const page = new SamplePage(input);
  let draining = false;
  let tellsBaseAnswer = input.tellsBaseAnswer;
  setHandler(drainSignal, () => {
    draining = true;
  });

  async function runLane(): Promise<void> {
    for (;;) {
      if (draining || workflowInfo().historyLength > LONG_HISTORY) return;
      const unit = waiting.shift();
      if (unit === undefined) return;
      const end = await answerUnit(toSampleInput(input, unit), {
        startedAt: new Date(),
        label: labelOf(input, unit),
        workflowId: workflowInfo().workflowId,
        show: (state) => {
          page.show(unit, state);
        },
      });
      answered.set(unit, end);
      // Every other unit of the sample would fail as well, at a cost.
      if (end.error !== null && isHopeless(end.error.code)) draining = true;
      await tell(unit, end);
    }
  }

  /** Tells the partition at once what may stop the sweep. */
  async function tell(unit: UnitOfSample, end: AnsweredUnit): Promise<void> {
    const isBaseAnswer = tellsBaseAnswer && end.result?.fromBase === true;
    if (end.error === null && !isBaseAnswer) return;
    if (isBaseAnswer) tellsBaseAnswer = false;
    const { dataset, sampleKey } = input;
    const message = { dataset, sampleKey, ...toUnitEnd(unit, end) };
    try {
      await getExternalWorkflowHandle(input.partition).signal(unitEndedSignal, message);
    } catch (error) {
      if (isCancellation(error)) throw error;
      // The partition was ended from outside. A later one reads the rows.
      log.warn("partition not told of a unit", { partition: input.partition });
    }
  }

  // Lanes end on their own: on a cancel, each drops its adapter first.
  const lanes = await Promise.allSettled(Array.from({ length: input.lanes }, runLane));
  const broken = lanes.find((lane) => lane.status === "rejected");
  if (broken) throw broken.reason;

  const done = input.units.flatMap((unit) => {
    const end = answered.get(unit);
    return end === undefined ? [] : [{ unit, end }];
  });
  if (done.length > 0) {
    const facts = done.map(({ end }) => end.facts);
    // One upsert, because each adds an event to the history.
    upsertSearchAttributes([...attributesOf(facts), outcomesAttribute(facts)]);
  }
  return { ended: done.map(({ unit, end }) => toUnitEnd(unit, end)), left: waiting };
}

function toUnitEnd({ variant, seed }: UnitOfSample, { result, error }: AnsweredUnit): UnitEnd {
  return { variant, seed, result, error };
}

/** Names the unit in the labels of its steps, as far as the sample has others. */
function labelOf({ units }: SampleUnitsInput, { variant, seed }: UnitOfSample): string {
  if (units.length === 1) return "";
  const hasSeeds = units.some((other) => other.seed !== seed);
  return hasSeeds ? `${variant}, seed ${seed}: ` : `${variant}: `;
}
