import { cutText } from "../../../domain/text/cut-text.js";
import type { OpenStep, OpenWorkflow, OpenWorkflows } from "./read-open-workflows.js";
import type { Deployment, Stall } from "./stall.js";

/** Milliseconds that a step may take: its `startToCloseTimeout`. */
const STEP_LIMIT_MS = 30 * 60_000;

/** Attempts after which a step that fails is expected to fail again; waits for an engine that restarts take fewer. */
const FAILING_FROM = 5;

/** Milliseconds after a unit's end in which failing steps are no stall: others get through. */
const RECENT_MS = 60_000;

/** Milliseconds by which the clocks of two hosts may differ. */
const CLOCKS_MS = 60_000;

/** Characters of a failure to quote. */
const QUOTED = 200;

/** How a sweep stands, for finding that nothing moves. */
export interface Movement {
  readonly open: OpenWorkflows;
  /** When the newest unit ended, milliseconds since 1970; null if none has. */
  readonly lastResultAt: number | null;
  readonly paused: boolean;
  readonly now: number;
}

/** Finds a sweep whose steps all fail, or of which no step has ended for longer than a step may take. */
export function findIdleSweep(movement: Movement, deployment: Deployment): Stall | null {
  return findFailingSteps(movement) ?? findSlowSteps(movement, deployment);
}

/** Every open step is at a late attempt: the cause lies outside of them. */
function findFailingSteps({ open, lastResultAt, now }: Movement): Stall | null {
  if (lastResultAt !== null && isWithin(RECENT_MS, lastResultAt, now)) return null;
  const steps = open.others.flatMap((workflow) => workflow.steps);
  const [worst] = [...steps].sort((left, right) => right.attempt - left.attempt);
  if (worst === undefined || !steps.every(({ attempt }) => attempt >= FAILING_FROM)) return null;
  return {
    code: "STALLED_STEPS_FAIL",
    reason: `every open step fails; ${describeStep(worst)}`,
    next: "fix what the failure names; the steps are tried again by themselves",
  };
}

function findSlowSteps(
  { open, lastResultAt, paused, now }: Movement,
  { sweep }: Deployment,
): Stall | null {
  const moves = [
    ...(lastResultAt === null ? [] : [lastResultAt]),
    open.root.startedAt,
    ...open.others.map(({ startedAt }) => startedAt),
    // A first attempt follows a step that ended.
    ...open.others.flatMap(({ steps }) =>
      steps.filter(({ attempt }) => attempt === 1).map(({ scheduledAt }) => scheduledAt),
    ),
  ];
  // A clock that was set back leaves times in the future, which tell nothing.
  const known = moves.filter((move) => isWithin(Number.POSITIVE_INFINITY, move, now));
  const movedAt = Math.max(...known);
  if (paused || known.length === 0 || now - movedAt <= STEP_LIMIT_MS) return null;
  const minutes = Math.floor((now - movedAt) / 60_000);
  const oldest = findOldest(open.others);
  const what = oldest === null ? "" : `; ${describeStep(oldest.step)} of ${oldest.workflow.id}`;
  return {
    code: "STALLED_NO_PROGRESS",
    reason: `no step has ended for ${minutes} minutes${what}`,
    next: `npx whetstone cancel ${sweep}, look at the log of the engine and of its worker, then npx whetstone resume ${sweep}`,
  };
}

/** Whether a time lies at most `ms` before now, and not after it but for the clocks of two hosts. */
function isWithin(ms: number, time: number, now: number): boolean {
  return now - time > -CLOCKS_MS && now - time < ms;
}

function findOldest(
  workflows: readonly OpenWorkflow[],
): { readonly workflow: OpenWorkflow; readonly step: OpenStep } | null {
  const steps = workflows.flatMap((workflow) => workflow.steps.map((step) => ({ workflow, step })));
  const [oldest] = steps.sort((left, right) => left.step.scheduledAt - right.step.scheduledAt);
  return oldest ?? null;
}

function describeStep({ type, attempt, lastFailure }: OpenStep): string {
  const failure =
    lastFailure === null ? "" : `: ${cutText(lastFailure.replace(/\s+/g, " "), QUOTED)}`;
  return `${type}, attempt ${attempt}${failure}`;
}
