import { z } from "zod";

const text = z.string();
const whole = z.int();
const flag = z.boolean().nullable();
const fields = z.record(z.string(), z.unknown());

const sweep = z.object({
  kind: z.literal("sweep"),
  sweep: z.object({
    name: text,
    status: z.enum(["planned", "running", "finished", "stopped", "cancelled"]),
    statusReason: text.nullable(),
    configHash: text,
    hashVersion: whole,
    configText: text,
    config: fields,
    provenance: fields,
    createdAt: text,
    updatedAt: text,
  }),
});

const sample = z.object({
  kind: z.literal("sample"),
  dataset: text,
  contentHash: text,
  sample: z.object({
    key: text,
    dataset: text,
    row: whole,
    messages: z.array(z.object({ role: text, content: text })),
    tools: z.array(z.object({ name: text, description: text, parameters: fields })),
  }),
  gold: z.object({ calls: z.array(fields) }),
});

const unitRef = {
  sweep: text,
  variant: text,
  seed: whole,
  dataset: text,
  sampleKey: text,
  role: z.enum(["report", "calibration"]),
};

const unit = z.object({
  kind: z.literal("unit"),
  unit: z.object({ key: text, ...unitRef }),
  position: whole,
});

const threshold = z.object({
  kind: z.literal("threshold"),
  threshold: z.object({
    sweep: text,
    variant: text,
    seed: whole,
    tau: z.number(),
    details: fields,
  }),
});

const result = z.object({
  kind: z.literal("result"),
  result: z.object({
    unitKey: text,
    ...unitRef,
    outcome: z.enum(["scored", "unparsable", "failed"]),
    correct: flag,
    correctStrict: flag,
    calls: z.unknown(),
    verdict: text,
    repaired: z.boolean(),
    margin: z.number().nullable(),
    uncertain: flag,
    adapted: z.boolean(),
    synthesisStatus: text.nullable(),
    synthesisAttempts: whole,
    candidateCount: whole,
    errorCode: text.nullable(),
    errorMessage: text.nullable(),
    attempt: whole,
    startedAt: text,
    finishedAt: text,
    runId: text,
    toolVersion: text,
    engineVersion: text,
    trace: z.looseObject({ timings: z.array(fields) }),
  }),
});

const step = z.object({
  kind: z.literal("step"),
  step: z.object({ key: text, kind: text, value: z.unknown(), originUnit: text }),
});

const attempt = z.object({
  kind: z.literal("attempt"),
  scope: text,
  unit: text,
  attempt: z.object({
    k: whole,
    attempt: whole,
    seed: whole,
    reason: text,
    excerpt: text,
    usage: fields.optional(),
    worker: text.optional(),
    computeMs: z.number().optional(),
  }),
});

/** The fields of a line that become columns of the store; deeper values stay as they are. */
export const lineSchema = z.discriminatedUnion("kind", [
  sweep,
  sample,
  unit,
  threshold,
  result,
  step,
  attempt,
]);

/** A line that quotes samples by number. */
export const quotedSchema = z.object({ quoted: z.array(z.tuple([text, text])) });

/** A sample without its texts. */
export const sampleHashSchema = z.object({
  kind: z.literal("sample-hash"),
  dataset: text,
  contentHash: text,
  key: text,
  sampleHash: text,
  goldHash: text,
});
