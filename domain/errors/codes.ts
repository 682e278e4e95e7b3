import type { CodeRecord } from "./code-record.js";
import { CONFIG_CODES } from "./codes/config.js";
import { ENGINE_CODES } from "./codes/engine.js";
import { SAMPLER_CODES } from "./codes/sampler.js";
import { SERVE_CODES } from "./codes/serve.js";
import { SETUP_CODES } from "./codes/setup.js";
import { STACK_CODES } from "./codes/stack.js";
import { STALL_CODES } from "./codes/stall.js";
import { SWEEP_CODES } from "./codes/sweep.js";

/** Every error code there is: what it means, what to do next, whether the call can succeed later. */
export const ERROR_CODES = {
  ...SETUP_CODES,
  ...CONFIG_CODES,
  ...STACK_CODES,
  ...ENGINE_CODES,
  ...SAMPLER_CODES,
  ...SWEEP_CODES,
  ...STALL_CODES,
  ...SERVE_CODES,
} as const;

/** Stable identifier of a failure, listed in docs/errors.md. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes in the groups and the order of docs/errors.md. */
export const CODE_GROUPS: readonly {
  readonly title: string;
  readonly codes: Readonly<Record<string, CodeRecord>>;
}[] = [
  { title: "Set-up", codes: SETUP_CODES },
  {
    title: "Config, data and model: nothing has been written or started",
    codes: CONFIG_CODES,
  },
  { title: "The local stack, server and store", codes: STACK_CODES },
  { title: "The engine", codes: ENGINE_CODES },
  { title: "A sampler or teacher elsewhere", codes: SAMPLER_CODES },
  { title: "A sweep and its units", codes: SWEEP_CODES },
  {
    title: "A running sweep that has stalled: `status` names it and exits with 3",
    codes: STALL_CODES,
  },
  { title: "The endpoint: `npx whetstone serve`", codes: SERVE_CODES },
];

type EngineRecord = Extract<
  (typeof ENGINE_CODES)[keyof typeof ENGINE_CODES],
  { engineCodes: unknown }
>;

/** `error.code` of an error response of the engine. */
export type EngineCode = EngineRecord["engineCodes"][number];

/** Whether a text is a code: errors of the set-up scripts carry theirs as plain text. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
