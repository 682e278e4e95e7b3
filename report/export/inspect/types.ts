/** Token usage in Inspect's log. */
export interface ModelUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly total_cost?: number;
}

/** A message of a conversation. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string;
  readonly source?: "input" | "generate";
  readonly tool_calls?: readonly InspectToolCall[];
  readonly model?: string;
}

/** A call in an answer. */
export interface InspectToolCall {
  readonly id: string;
  readonly function: string;
  readonly arguments: unknown;
  readonly type: "function";
}

/** What a model returned. */
export interface ModelOutput {
  readonly model: string;
  readonly choices: readonly {
    readonly message: ChatMessage;
    readonly stop_reason: "tool_calls" | "stop";
  }[];
  readonly completion: string;
  readonly usage?: ModelUsage;
  readonly time?: number;
}

/** One scorer's verdict: "C" for right, "I" for wrong. */
export interface InspectScore {
  readonly value: "C" | "I";
  readonly answer?: string;
  readonly explanation: string;
  readonly reason?: string;
  readonly metadata: object;
}

/** One sample of a log. */
export interface InspectSample {
  readonly id: string;
  readonly epoch: 1;
  readonly input: readonly ChatMessage[] | string;
  readonly target: string;
  readonly messages: readonly ChatMessage[];
  readonly output: ModelOutput;
  readonly scores?: Readonly<Record<string, InspectScore>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly events: readonly object[];
  readonly model_usage: Readonly<Record<string, ModelUsage>>;
  readonly started_at: string;
  readonly completed_at: string;
  readonly total_time: number;
  readonly working_time: number;
  readonly uuid: string;
  readonly error?: InspectError;
  readonly error_retries?: readonly InspectError[];
}

/** An error with its traceback, which Whetstone does not keep. */
export interface InspectError {
  readonly message: string;
  readonly traceback: string;
  readonly traceback_ansi: string;
}

/** Usage of both; costs add up as far as they are known. */
export function addUsage(left: ModelUsage | undefined, right: ModelUsage): ModelUsage {
  if (left === undefined) return right;
  const costs = [left.total_cost, right.total_cost].filter((cost) => cost !== undefined);
  return {
    input_tokens: left.input_tokens + right.input_tokens,
    output_tokens: left.output_tokens + right.output_tokens,
    total_tokens: left.total_tokens + right.total_tokens,
    ...(costs.length === 0 ? {} : { total_cost: costs.reduce((sum, cost) => sum + cost, 0) }),
  };
}

/** Usage from counts of tokens. */
export function toUsage(input: number, output: number, costUsd?: number): ModelUsage {
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    ...(costUsd === undefined ? {} : { total_cost: costUsd }),
  };
}
