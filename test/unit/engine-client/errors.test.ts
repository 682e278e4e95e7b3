import { describe, expect, it } from "vitest";
import { toEngineError } from "../../../engine-client/errors.js";

const request = { baseUrl: "http://engine:8400", model: "a1", adapter: true };

describe("toEngineError", () => {
  it.each([
    [503, "shutting_down", "ENGINE_NOT_READY", true],
    [503, "out_of_memory", "ENGINE_OUT_OF_MEMORY", true],
    [400, "memory_limit_exceeded", "ENGINE_MEMORY_LIMIT", false],
    [404, "model_not_found", "ENGINE_ADAPTER_LOST", false],
    [401, "unauthorized", "ENGINE_UNAUTHORIZED", false],
    // Sent by a proxy in front of the engine, not by the engine.
    [502, "", "ENGINE_NOT_READY", true],
    [504, "", "ENGINE_NOT_READY", true],
    [429, "", "ENGINE_OVERLOADED", true],
    [413, "", "ENGINE_INVALID_REQUEST", false],
    [500, "", "ENGINE_FAILED", true],
  ])("turns %i %s into the error %s", (status, code, expected, retryable) => {
    const answer = { status, code, message: "because", retryAfterMs: null };
    const error = toEngineError(request, answer);
    expect([error.code, error.retryable]).toEqual([expected, retryable]);
    expect(error.hint).not.toBe("");
  });

  it("keeps the wait that the engine requests", () => {
    const answer = { status: 429, code: "engine_overloaded", message: "full", retryAfterMs: 2000 };
    expect(toEngineError(request, answer).details).toEqual({ retryAfterMs: 2000 });
  });
});
