import type { WhetstoneError } from "../../../../domain/errors/whetstone-error.js";
import { parseConfig } from "../../../../domain/config/parse.js";
import type { ResolvedConfig } from "../../../../domain/config/config.js";

/** A small legal config, to be bent by each test. */
export const BASIC_CONFIG = `sweep: trial
model: tiny
dataset: { format: lookalike, limit: 20, calibration: 10 }
variants:
  - base
  - { method: tt-si, tau: 0.9 }
`;

/** Parses a config text as file `trial.yaml`. */
export function parse(text: string, overrides: readonly string[] = []): ResolvedConfig {
  return parseConfig({ text, source: "trial.yaml", overrides });
}

/** The error that parsing must throw. */
export function parseFailure(text: string, overrides: readonly string[] = []): WhetstoneError {
  try {
    parse(text, overrides);
  } catch (error) {
    return error as WhetstoneError;
  }
  throw new Error("the config was accepted");
}
