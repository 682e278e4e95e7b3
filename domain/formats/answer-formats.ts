import { WhetstoneError } from "../errors/whetstone-error.js";
import type { AnswerFormat } from "./answer-format.js";
import { listFormat, objectFormat } from "./json-formats.js";
import { pythonicFormat } from "./pythonic-format.js";

/** All answer formats, in table order. */
export const ANSWER_FORMATS: readonly AnswerFormat[] = [
  listFormat({
    name: "tags",
    summary: "one JSON list inside one tag: the paper, and the bundled model",
    begin: "<tool_call>",
    end: "</tool_call>",
    guide: {
      what: "One list of calls inside <tool_call> tags",
      several: "Several calls stand in the same list",
    },
  }),
  listFormat({
    name: "list",
    summary: "a JSON list: most instruction-tuned models, and the default",
    begin: "",
    end: "",
    guide: { what: "One JSON list of calls", several: "Several calls stand in the same list" },
  }),
  objectFormat({
    name: "hermes",
    summary: "one tag per call: Qwen and Hermes",
    begin: "<tool_call>\n",
    end: "\n</tool_call>",
    separator: "\n",
    argumentsKey: "arguments",
    guide: {
      what: "One JSON object per call, each inside <tool_call> tags",
      several: "Several calls are several blocks, one after the other",
    },
  }),
  objectFormat({
    name: "llama",
    summary: "one object per call with `parameters`: Llama 3",
    begin: "",
    end: "",
    separator: "; ",
    argumentsKey: "parameters",
    guide: {
      what: "One JSON object per call",
      several: "Several calls are separated by a semicolon",
    },
  }),
  pythonicFormat,
  listFormat({
    name: "xlam",
    summary: "a JSON list under `tool_calls`: xLAM",
    begin: '{"tool_calls": ',
    end: "}",
    guide: {
      what: "One JSON object that holds the list of calls",
      several: "Several calls stand in the same list",
    },
  }),
  listFormat({
    name: "mistral",
    summary: "a JSON list after `[TOOL_CALLS]`: Mistral",
    begin: "[TOOL_CALLS] ",
    end: "",
    guide: {
      what: "[TOOL_CALLS] and one JSON list of calls",
      several: "Several calls stand in the same list",
    },
  }),
];

/** The format of the bundled model and of sweeps that set none. */
export const DEFAULT_FORMAT = "tags";

/** Returns the format with this name. Throws `ANSWER_FORMAT_UNKNOWN`. */
export function getAnswerFormat(name: string): AnswerFormat {
  const format = ANSWER_FORMATS.find((each) => each.name === name);
  if (format !== undefined) return format;
  throw new WhetstoneError(`There is no answer format "${name}".`, {
    code: "ANSWER_FORMAT_UNKNOWN",
    hint: `Set format to one of: ${ANSWER_FORMATS.map((each) => each.name).join(", ")}.`,
  });
}
