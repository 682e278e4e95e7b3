import { cutText } from "../../../domain/text/cut-text.js";
import type { InspectSample } from "./types.js";

/** Longest text of a summary, as in Inspect's own logs. */
const LIMIT = 1_000;

/** What the viewer's list shows of a sample. */
export function summariseSample(sample: InspectSample): object {
  const { scores, metadata, error, error_retries: retries } = sample;
  const input = typeof sample.input === "string" ? sample.input : sample.input.at(-1)?.content;
  return {
    id: sample.id,
    epoch: sample.epoch,
    input: cutText(input ?? "", LIMIT),
    target: cutText(sample.target, LIMIT),
    metadata: Object.fromEntries(
      Object.entries(metadata).filter(([, value]) => typeof value !== "object" || value === null),
    ),
    ...(scores === undefined
      ? {}
      : {
          scores: Object.fromEntries(
            Object.entries(scores).map(([name, score]) => [
              name,
              {
                ...score,
                ...(score.answer === undefined ? {} : { answer: cutText(score.answer, LIMIT) }),
              },
            ]),
          ),
        }),
    model_usage: sample.model_usage,
    started_at: sample.started_at,
    completed_at: sample.completed_at,
    total_time: sample.total_time,
    working_time: sample.working_time,
    uuid: sample.uuid,
    ...(error === undefined ? {} : { error: error.message }),
    retries: retries?.length ?? 0,
    completed: true,
    message_count: sample.messages.length,
  };
}
