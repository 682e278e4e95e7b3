import type { CodeRecord } from "../code-record.js";

/** The endpoint, `whetstone serve`; codes with an HTTP status are in the `code` of an error response. */
export const SERVE_CODES = {
  SERVE_TOKENS_MISSING: {
    meaning: "an endpoint that other machines can reach needs tokens",
    next: "set `WHETSTONE_SERVE_TOKENS=tenant:token`, or bind to `127.0.0.1`",
    retryable: false,
  },
  SERVE_TOKENS_INVALID: {
    meaning: "`WHETSTONE_SERVE_TOKENS` cannot be read",
    next: "write `tenant:token` pairs, separated by commas or spaces",
    retryable: false,
  },
  SERVE_VARIANT_UNSUITED: {
    meaning:
      "the config has no such variant, or its method needs gold, a split or a whole data set",
    next: "name a variant that can answer one request, with `--variant`",
    retryable: false,
  },
  SERVE_FORMAT_OPEN: {
    meaning: "`format: auto` was not settled by a sweep of this name",
    next: "run the config as a sweep first, or name a format with `--set format=NAME`",
    retryable: false,
  },
  SERVED_REQUEST_MISSING: {
    meaning: "a worker does not find a request that the endpoint accepted",
    next: "give endpoint and workers the same `WHETSTONE_DATABASE_URL`, then ask again",
    retryable: false,
  },
  SERVE_REQUEST_INVALID: {
    meaning:
      "400: the request is not a chat completion with tools, or asks for something that is not supported",
    next: "correct the field that the message names",
    retryable: false,
  },
  SERVE_FEEDBACK_INVALID: {
    meaning: "400: the feedback names no request or no right calls, or calls of unknown tools",
    next: "correct what the message names",
    retryable: false,
  },
  SERVE_UNAUTHORIZED: {
    meaning: "401: no tenant has the request's token",
    next: "send `Authorization: Bearer TOKEN` with a token of `WHETSTONE_SERVE_TOKENS`",
    retryable: false,
  },
  SERVE_HOST_FORBIDDEN: {
    meaning: "403: an endpoint without tokens answers only requests to `127.0.0.1` or `localhost`",
    next: "use that address, or set `WHETSTONE_SERVE_TOKENS`",
    retryable: false,
  },
  SERVE_NOT_FOUND: {
    meaning: "404: there is no such path",
    next: "use `POST /v1/chat/completions`",
    retryable: false,
  },
  SERVE_MODEL_UNKNOWN: {
    meaning: "404: the endpoint serves another model",
    next: "name a model that `GET /v1/models` lists",
    retryable: false,
  },
  SERVE_REQUEST_UNKNOWN: {
    meaning: "404: the feedback's request is not one of the tenant's, or was deleted",
    next: "send the request's own `X-Request-Id` or the completion's id, with the same token",
    retryable: false,
  },
  SERVE_METHOD_FORBIDDEN: {
    meaning: "405: the path takes another HTTP method",
    next: "use `POST` for chat completions and feedback, `GET` for the others",
    retryable: false,
  },
  SERVE_REQUEST_CONFLICT: {
    meaning: "409: the request id was used for another request",
    next: "send another id, or the same request",
    retryable: false,
  },
  SERVE_REQUEST_OPEN: {
    meaning: "409: the feedback's request has no answer yet",
    next: "ask again with the same request id, then send the feedback",
    retryable: true,
  },
  SERVE_BODY_TOO_LARGE: {
    meaning: "413: the body is larger than the endpoint accepts",
    next: "send fewer or shorter messages and tools",
    retryable: false,
  },
  SERVE_TYPE_UNSUPPORTED: {
    meaning: "415: the body is not JSON by its content type",
    next: "send `Content-Type: application/json`",
    retryable: false,
  },
  SERVE_RATE_LIMITED: {
    meaning: "429: the tenant has sent more requests than `--rate` allows",
    next: "wait for the seconds of `Retry-After`; OpenAI's clients do",
    retryable: true,
  },
  SERVE_FAILED: {
    meaning: "500: neither the method nor the base model could answer; the message says why",
    next: "repair the cause, then ask again with the same request id",
    retryable: false,
  },
  SERVE_UNAVAILABLE: {
    meaning: "503: the endpoint stops, or the results database or the Temporal server is away",
    next: "ask again with the same request id",
    retryable: true,
  },
  SERVE_TIMED_OUT: {
    meaning: "504: the answer took longer than ten minutes; the request goes on",
    next: "ask again with the same request id",
    retryable: true,
  },
} as const satisfies Readonly<Record<string, CodeRecord>>;
