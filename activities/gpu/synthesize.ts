import { ApplicationFailure, ApplicationFailureCategory } from "@temporalio/common";
import { synthesisSchema } from "../../domain/formats/answer-schema.js";
import { readSynthesisReply } from "../../domain/formats/synthesis-reply.js";
import type { StepTiming, SynthesisAttempt, UsageTrace } from "../../domain/units/trace.js";
import { SYNTHESIS_EXHAUSTED, SYNTHESIS_UNPARSABLE } from "../../contracts/failure-types.js";
import type { Message } from "../../domain/samples/sample.js";
import type { GroundedDraw } from "../support/ground-pair.js";
import { drawGroundedPair } from "../support/ground-pair.js";
import { prefersOwnTool, scorePair } from "../support/judge-pair.js";
import type { GpuDependencies } from "../support/dependencies.js";
import { expectedEngine } from "../support/expected-engine.js";
import { withHeartbeat } from "../support/heartbeat.js";
import type { SharedSteps } from "../support/shared-steps.js";
import type { StepContext } from "../support/step-context.js";
import { loadStepContext } from "../support/step-context.js";
import { synthesisKey } from "../support/step-keys.js";
import { startStepTimer } from "../support/step-timer.js";
import type { StoredSynthesis } from "../support/step-values.js";
import type { SynthesizeInput, SynthesizeResult } from "../../contracts/steps/synthesize.js";
import { cutText } from "../../domain/text/cut-text.js";

/** Characters of a reply kept per attempt: six excerpts must fit in a failure's 4 KB of details. */
const EXCERPT_LENGTH = 200;

/** Pause before a new draw, milliseconds: no recovery is needed, but Temporal requires more than zero. */
const NEXT_DRAW_DELAY_MS = 1;

/**
 * G (section 3.2, App. E): draws one synthetic pair without reading gold. An unusable reply is recorded and thrown as
 * retryable `SynthesisUnparsable`, and Temporal's retry draws again. The recorded attempts, not Temporal's count,
 * number the draws, so a crash repeats a draw and never skips one. After `maxAttempts` draws, throws the
 * non-retryable `SynthesisExhausted` with all attempts and the timing as details.
 */
export function createSynthesize(
  dependencies: GpuDependencies,
  steps: SharedSteps,
): (input: SynthesizeInput) => Promise<SynthesizeResult> {
  const { store, worker } = dependencies;
  return async (input) => {
    const time = startStepTimer("synthesize", worker);
    const { unit, k } = input;
    const context = await loadStepContext(store, input);
    const key = synthesisKey(context, input, k);
    const step = { key, kind: "synthesize", unitKey: unit.key } as const;
    const { value, reusedFrom } = await steps.getOrCompute<StoredSynthesis>(step, () =>
      draw(dependencies, context, input, key),
    );
    const { pair, attempts, ownScore } = value;
    const timing = withFailedDraws(time(reusedFrom), attempts);
    if (pair === null) throw exhausted(attempts, timing);
    return { pair, attempts, ...(ownScore === undefined ? {} : { ownScore }), timing };
  };
}

/** Adds the time of failed draws to a pair's timing; each of them was a separate activity attempt. */
function withFailedDraws(timing: StepTiming, attempts: readonly SynthesisAttempt[]): StepTiming {
  if (timing.reusedFrom !== undefined) return timing;
  const last = attempts.at(-1)?.computeMs ?? 0;
  const earlier = attempts.slice(0, -1).reduce((sum, { computeMs = 0 }) => sum + computeMs, 0);
  return { ...timing, computeMs: earlier + Math.max(last, timing.computeMs) };
}

/** Makes one draw. Returns the pair or the final failed attempt; throws an earlier unusable reply for a retry. */
async function draw(
  dependencies: GpuDependencies,
  context: StepContext,
  input: SynthesizeInput,
  scope: string,
): Promise<StoredSynthesis> {
  const { synthesis, k } = input;
  const { store, engine } = dependencies;
  const recorded = await store.listSynthesisAttempts(scope);
  const before = recorded.filter((attempt) => attempt.k === k);
  if (before.length >= synthesis.maxAttempts) return { pair: null, attempts: before };

  const number = before.length + 1;
  const started = performance.now();
  const seed = context.seedOf("synthesize", k, number);
  let usage: UsageTrace | undefined;
  const { text, result: reply } = await drawReply(dependencies, context, input, seed, (spent) => {
    usage = spent;
  });
  const attempt: SynthesisAttempt = {
    k,
    attempt: number,
    seed,
    reason: "pair" in reply ? "ok" : reply.reason,
    excerpt: cutText(text, EXCERPT_LENGTH),
    ...(input.teacher && usage ? { usage } : {}),
    worker: dependencies.worker,
    computeMs: Math.round(performance.now() - started),
  };
  const attempts = [...before, attempt];
  if ("pair" in reply) {
    const { pair } = reply;
    if (synthesis.draws === 1) return { pair, attempts };
    const ownScore = await withHeartbeat("scoring the pair", (signal) =>
      scorePair(engine, context, pair, {
        signal,
        ...expectedEngine(input.plan),
      }),
    );
    return { pair, attempts, ownScore };
  }
  await store.recordSynthesisAttempt(scope, attempt, input.unit.key);
  if (number >= synthesis.maxAttempts) return { pair: null, attempts };
  throw unparsable(attempt, synthesis.maxAttempts);
}

/** Returns a pair that passes every check, or the reason why the reply is not one. */
async function drawReply(
  dependencies: GpuDependencies,
  context: StepContext,
  input: SynthesizeInput,
  seed: number,
  spend: (usage: UsageTrace) => void,
): Promise<GroundedDraw> {
  const { synthesis, siblings, plan } = input;
  const { sample, style } = context;
  const ask = async (messages: readonly Message[], constrained: boolean): Promise<Reply> => {
    const request = { messages, constrained, seed };
    const reply = await requestReply(dependencies, context, input, request);
    spend(reply.usage);
    return reply;
  };
  let draw: GroundedDraw;
  if (synthesis.grounding === "free") {
    const { checks, decoding } = synthesis;
    const { text, isCut } = await ask(style.synthesisMessages(sample), decoding === "constrained");
    const { queryOf } = style;
    const result = readSynthesisReply(text, { sample, siblings, checks, queryOf, isCut });
    draw = { text, result };
  } else {
    draw = await drawGroundedPair(context, input, seed, (messages) => ask(messages, false));
  }
  if ("reason" in draw.result || synthesis.verify === "none") return draw;
  const { pair } = draw.result;
  const verified = await withHeartbeat("verifying the pair", (signal) =>
    prefersOwnTool(dependencies.engine, context, pair, synthesis.verify, {
      signal,
      ...expectedEngine(plan),
    }),
  );
  return verified ? draw : { ...draw, result: { reason: "not-verified" } };
}

/** A reply, whether it was cut off at the token limit, and its usage. */
interface Reply {
  readonly text: string;
  readonly isCut: boolean;
  readonly usage: UsageTrace;
}

/** Gets the reply of the model under test, or of the teacher, which gets no temperature and no grammar. */
async function requestReply(
  { texts }: GpuDependencies,
  { sample }: StepContext,
  { synthesis, inference, teacher, plan }: SynthesizeInput,
  request: {
    readonly messages: readonly Message[];
    readonly constrained: boolean;
    readonly seed: number;
  },
): Promise<Reply> {
  const { messages, constrained, seed } = request;
  const call = { messages, max_tokens: synthesis.maxTokens, seed };
  const schema = synthesisSchema(sample.tools, { calls: inference.calls });
  const written = await withHeartbeat("synthesizing", (signal) =>
    teacher
      ? texts.of(teacher)(call, { signal })
      : texts.of(plan.sampler)(
          {
            ...call,
            temperature: synthesis.temperature,
            ...(constrained
              ? {
                  response_format: {
                    type: "json_schema",
                    json_schema: { name: "synthesis", schema },
                  },
                }
              : {}),
          },
          { signal, ...expectedEngine(plan) },
        ),
  );
  const isCut = written.finishReasons[0] === "length";
  return { text: written.texts[0] ?? "", isCut, usage: written.usage };
}

function unparsable(
  { attempt, reason, excerpt }: SynthesisAttempt,
  of: number,
): ApplicationFailure {
  return ApplicationFailure.create({
    message: `Attempt ${attempt} of ${of} is unusable: ${reason}`,
    type: SYNTHESIS_UNPARSABLE,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: NEXT_DRAW_DELAY_MS,
    details: [{ attempt, reason, excerpt }],
  });
}

function exhausted(attempts: readonly SynthesisAttempt[], timing: StepTiming): ApplicationFailure {
  return ApplicationFailure.create({
    message: `No usable pair in ${attempts.length} attempts; the base model answers instead.`,
    type: SYNTHESIS_EXHAUSTED,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
    details: [attempts, timing],
  });
}
