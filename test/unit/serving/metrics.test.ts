import { expect, it } from "vitest";
import type { ServedAnswer } from "../../../domain/served/served-answer.js";
import { ServeMetrics } from "../../../serving/metrics.js";

const ANSWER: ServedAnswer = {
  from: "base",
  uncertain: false,
  content: "",
  calls: [],
  finishReason: "stop",
  promptTokens: 1,
  completionTokens: 1,
};

it("counts responses, answers, errors and seconds for Prometheus", () => {
  const metrics = new ServeMetrics();
  metrics.begin();
  metrics.begin()();
  metrics.countAnswer(ANSWER, 0.05);
  metrics.countAnswer({ ...ANSWER, from: "adapted", uncertain: true }, 2);
  metrics.countAnswer({ ...ANSWER, from: "late", uncertain: null }, 700);
  metrics.countRepeated();
  for (const status of [200, 200, 200, 200, 409]) metrics.countResponse(status);
  metrics.countError("SERVE_REQUEST_CONFLICT");
  const verdict = (correct: boolean) => ({ correct, correctStrict: null, reason: "" });
  metrics.countFeedback({ from: "adapted", served: verdict(true), base: verdict(false) });
  metrics.countFeedback({ from: "adapted", served: verdict(true), base: null });
  metrics.countFeedback({ from: "late", served: verdict(false), base: verdict(false) });
  const lines = metrics.render().split("\n");
  expect(lines.filter((line) => !line.startsWith("#") && line !== "")).toEqual([
    'whetstone_serve_requests_total{status="200"} 4',
    'whetstone_serve_requests_total{status="409"} 1',
    'whetstone_serve_answers_total{answer="base"} 1',
    'whetstone_serve_answers_total{answer="adapted"} 1',
    'whetstone_serve_answers_total{answer="late"} 1',
    "whetstone_serve_uncertain_total 1",
    "whetstone_serve_repeated_total 1",
    'whetstone_serve_errors_total{code="SERVE_REQUEST_CONFLICT"} 1',
    'whetstone_serve_feedback_total{answer="adapted",judged="served",verdict="right"} 2',
    'whetstone_serve_feedback_total{answer="adapted",judged="base",verdict="wrong"} 1',
    'whetstone_serve_feedback_total{answer="late",judged="served",verdict="wrong"} 1',
    'whetstone_serve_feedback_total{answer="late",judged="base",verdict="wrong"} 1',
    "whetstone_serve_waiting 1",
    ...[
      ...["0.03", "0.1", "0.3", "1", "3", "10", "30", "60", "120", "300", "600", "+Inf"].map(
        (bound, index) =>
          `whetstone_serve_answer_seconds_bucket{le="${bound}"} ${[0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3][index]}`,
      ),
    ],
    "whetstone_serve_answer_seconds_sum 702.05",
    "whetstone_serve_answer_seconds_count 3",
  ]);
  expect(lines.filter((line) => line.startsWith("# TYPE"))).toHaveLength(8);
});
