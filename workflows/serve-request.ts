import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { answerUpdate } from "../contracts/messages.js";
import { searchAttributes } from "../contracts/search-attributes.js";
import type { ServeRequestInput } from "../contracts/serve-request.js";
import type { InferResult } from "../contracts/steps/infer.js";
import type { RecallableStep } from "../contracts/steps/recall-steps.js";
import type { UnitError } from "../contracts/unit-error.js";
import type { ServedAnswer } from "../domain/served/served-answer.js";
import { isBaseAnswer } from "../domain/units/base-answers.js";
import type { AnswerTrace, UnitTrace } from "../domain/units/trace.js";
import { isFinalFailure } from "./answer-unit.js";
import { describeError } from "./describe-error.js";
import { renderDetails } from "./details.js";
import type { MethodDefinition } from "./methods/method.js";
import { methodOf } from "./methods/index.js";
import { drawBaseAnswer } from "./steps/answer-with-base.js";
import { recallSteps } from "./steps/recall-steps.js";
import { recordBaseAnswer, recordServedFailure, settleAnswer } from "./steps/settle-answer.js";
import { UnitRun } from "./unit-run.js";

/** Gives a request's answer to everybody who waits for it. */
type Settle = (answer: ServedAnswer) => void;

/**
 * Answers one served request with its variant's method. The base model's answer is drawn beside H: it is the answer of
 * a certain request, and the one that is given if the budget runs out or the method fails. The request keeps its first
 * answer. Fails, so that the request can be asked again, if the base model cannot answer either.
 */
export async function serveRequestWorkflow(input: ServeRequestInput): Promise<ServedAnswer> {
  const end: { answer?: ServedAnswer; failure?: ApplicationFailure } = {};
  const read = (): ServedAnswer => {
    if (end.answer !== undefined) return end.answer;
    throw end.failure ?? new Error("a request that has ended has an answer or a failure");
  };
  setHandler(answerUpdate, async () => {
    await condition(() => end.answer !== undefined || end.failure !== undefined);
    return read();
  });
  try {
    await answerRequest(input, (answer) => {
      end.answer = answer;
    });
  } catch (error) {
    if (isCancellation(error) || !isFinalFailure(error)) throw error;
    const { code, message } = describeError(error);
    await recordServedFailure(input, { code, message });
    end.failure = ApplicationFailure.nonRetryable(message, code);
  }
  // Whoever waits is told before the workflow ends.
  await condition(allHandlersFinished);
  return read();
}

async function answerRequest(input: ServeRequestInput, settle: Settle): Promise<void> {
  const method = methodOf(input.sample);
  const run = new UnitRun(input.sample, await recallSteps(input.sample, recallsOf(method)), {
    startedAt: workflowInfo().startTime,
    label: "",
    show: (state) => {
      setCurrentDetails(renderDetails(state));
    },
  });
  const base = run.recalled.baseAnswer
    ? Promise.resolve(run.recalled.baseAnswer)
    : drawBaseAnswer(run);
  run.baseAnswer = base;
  const adapting = new CancellationScope();
  const ended = adapting.run(() => answerWith(method, run));
  // Both are awaited below, where it matters; a failure of one must not end the other before that.
  let drawn: AnswerTrace | undefined;
  base.then(
    ({ answer }) => {
      drawn = answer;
    },
    () => undefined,
  );
  ended.catch(() => undefined);

  if (await runsOut(input, ended)) {
    const late = await Promise.race([base.catch(() => null), ended.then(() => null)]);
    if (late !== null && run.trace.answer === undefined) {
      const { answer } = late;
      settle(await settleAnswer(input, { from: "late", trace: { ...run.trace, answer } }));
      showPath(run);
      adapting.cancel();
      // The method drops its adapter before it ends.
      await ended.catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
      return;
    }
  }
  const error = await ended;
  if (error === null) {
    const { trace } = run;
    if (isBaseAnswer(trace)) settle(await settleAnswer(input, { from: "base", trace }));
    else await settleAdapted(input, { trace, drawn, base }, settle);
  } else {
    const { answer } = await base;
    settle(await settleAnswer(input, { from: "base", trace: { ...run.trace, answer }, error }));
  }
  showPath(run);
}

/**
 * Gives the method's answer, with the base model's beside it, which feedback compares with. Nobody waits for the latter:
 * if it is not there yet, it is added once it is.
 */
async function settleAdapted(
  input: ServeRequestInput,
  {
    trace,
    drawn,
    base,
  }: {
    readonly trace: UnitTrace;
    readonly drawn: AnswerTrace | undefined;
    readonly base: Promise<InferResult>;
  },
  settle: Settle,
): Promise<void> {
  const isKnown = drawn !== undefined;
  settle(await settleAnswer(input, { from: "adapted", trace, ...(isKnown && { base: drawn }) }));
  // Earlier versions ended here.
  if (isKnown || !patched("base-answer-is-kept")) return;
  const later = await base.catch((error: unknown) => {
    if (isCancellation(error) || !isFinalFailure(error)) throw error;
    return null;
  });
  if (later !== null) await recordBaseAnswer(input, later.answer);
}

/** The base model's answer is looked up in any case. */
function recallsOf({ recalls }: MethodDefinition): RecallableStep[] {
  return [...new Set<RecallableStep>([...recalls, "baseAnswer"])];
}

/** Runs the method; returns why it failed for good, or null. */
async function answerWith(method: MethodDefinition, run: UnitRun): Promise<UnitError | null> {
  try {
    await method.answer(run);
    return null;
  } catch (error) {
    if (isCancellation(error) || !isFinalFailure(error)) throw error;
    return describeError(error);
  }
}

/** Whether the latency budget runs out before the method has ended. */
async function runsOut(
  { budgetMs, acceptedAt }: ServeRequestInput,
  ended: Promise<unknown>,
): Promise<boolean> {
  if (budgetMs === undefined) return false;
  // The clocks of endpoint and server may differ.
  const spentMs = Math.max(0, Date.now() - Date.parse(acceptedAt));
  const timer = new CancellationScope();
  const late = timer.run(() => sleep(Math.max(1, budgetMs - spentMs))).then(() => true);
  late.catch(() => undefined);
  try {
    return await Promise.race([late, ended.then(() => false)]);
  } finally {
    timer.cancel();
  }
}

/** Lists in the Temporal UI which way the request went. */
function showPath({ trace: { uncertainty, training, answer } }: UnitRun): void {
  const isAdapted = training !== undefined && answer?.from === "adapter";
  const path = isAdapted ? "adapted" : uncertainty?.uncertain === true ? "uncertain" : "certain";
  upsertSearchAttributes([
    { key: searchAttributes.path, value: path },
    ...(uncertainty === undefined
      ? []
      : [{ key: searchAttributes.margin, value: Math.round(uncertainty.margin * 1000) / 1000 }]),
  ]);
}
