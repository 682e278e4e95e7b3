import type { JudgedFeedback } from "../domain/served/judge-feedback.js";
import type { ServedAnswer, ServedFrom } from "../domain/served/served-answer.js";

/** Upper bounds of the latency histogram, seconds. */
const BUCKETS = [0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600];

/** What the endpoint has served since it started, as text for Prometheus. */
export class ServeMetrics {
  readonly #responses = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  readonly #errors = new Map<string, number>();
  /** By labels. */
  readonly #feedback = new Map<string, number>();
  readonly #buckets = BUCKETS.map(() => 0);
  #uncertain = 0;
  #repeated = 0;
  #seconds = 0;
  #waiting = 0;

  /** Counts a chat request that began; call the result when it has ended. */
  begin(): () => void {
    this.#waiting += 1;
    return () => {
      this.#waiting -= 1;
    };
  }

  /** Counts a response to a chat request. */
  countResponse(status: number): void {
    add(this.#responses, String(status));
  }

  /** Counts an error response to a chat request, by code. */
  countError(code: string): void {
    add(this.#errors, code);
  }

  /** Counts an answer that this process waited for. */
  countAnswer({ from, uncertain }: ServedAnswer, seconds: number): void {
    add(this.#answers, from);
    if (uncertain === true) this.#uncertain += 1;
    this.#seconds += seconds;
    BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    });
  }

  /** Counts an answer that was settled before this request came. */
  countRepeated(): void {
    this.#repeated += 1;
  }

  /** Counts feedback that is new or replaces another one. */
  countFeedback({ from, served, base }: JudgedFeedback & { readonly from: ServedFrom }): void {
    add(this.#feedback, feedbackLabels(from, "served", served.correct));
    if (base !== null) add(this.#feedback, feedbackLabels(from, "base", base.correct));
  }

  /** Prometheus' text format, version 0.0.4. */
  render(): string {
    const count = [...this.#answers.values()].reduce((sum, each) => sum + each, 0);
    const histogram = [...BUCKETS.map(String), "+Inf"].map((bound, index) => {
      const value = this.#buckets[index] ?? count;
      return `whetstone_serve_answer_seconds_bucket{le="${bound}"} ${value}`;
    });
    return [
      ...describe("requests_total", "counter", "Chat requests by HTTP status of the response."),
      ...series("requests_total", "status", this.#responses),
      ...describe("answers_total", "counter", "New answers: base, adapted or late."),
      ...series("answers_total", "answer", this.#answers),
      ...describe("uncertain_total", "counter", "New answers to requests that H found uncertain."),
      `whetstone_serve_uncertain_total ${this.#uncertain}`,
      ...describe("repeated_total", "counter", "Requests whose answer was settled before."),
      `whetstone_serve_repeated_total ${this.#repeated}`,
      ...describe("errors_total", "counter", "Error responses by code."),
      ...series("errors_total", "code", this.#errors),
      ...describe(
        "feedback_total",
        "counter",
        "New or changed feedback by who answered, whose answer was judged, and verdict.",
      ),
      ...[...this.#feedback].map(
        ([labels, value]) => `whetstone_serve_feedback_total{${labels}} ${value}`,
      ),
      ...describe("waiting", "gauge", "Chat requests without a response yet."),
      `whetstone_serve_waiting ${this.#waiting}`,
      ...describe("answer_seconds", "histogram", "Seconds from request to new answer."),
      ...histogram,
      `whetstone_serve_answer_seconds_sum ${this.#seconds}`,
      `whetstone_serve_answer_seconds_count ${count}`,
      "",
    ].join("\n");
  }
}

function feedbackLabels(from: ServedFrom, judged: "served" | "base", correct: boolean): string {
  return `answer="${from}",judged="${judged}",verdict="${correct ? "right" : "wrong"}"`;
}

function add(counts: Map<string, number>, label: string): void {
  counts.set(label, (counts.get(label) ?? 0) + 1);
}

function describe(name: string, type: string, help: string): string[] {
  return [`# HELP whetstone_serve_${name} ${help}`, `# TYPE whetstone_serve_${name} ${type}`];
}

/** Labels are statuses, ways and codes of ours, so none needs an escape. */
function series(name: string, label: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts].map(
    ([value, count]) => `whetstone_serve_${name}{${label}="${value}"} ${count}`,
  );
}
