import type { Sample } from "../domain/samples/sample.js";
import type { SyntheticPair } from "../domain/units/trace.js";

/** Fixed samples for a style's hash: one of every shape that the renderers distinguish. */
export const PROBE_SAMPLES: readonly Sample[] = [
  {
    key: "0-probe",
    dataset: "probe",
    row: 0,
    messages: [{ role: "user", content: "What does the lamp Orlo cost over 30 days?" }],
    tools: [
      {
        name: "get_lamp_price",
        description: "Price of a lamp",
        parameters: {
          type: "object",
          properties: {
            name: { type: "string" },
            days: { type: "integer", default: 7 },
            unit: { type: "string", enum: ["euro", "dollar"], default: "euro" },
            place: {
              type: "object",
              properties: {
                city: { type: "str" },
                zones: { type: "array", items: { type: "int" } },
              },
              required: ["city"],
            },
          },
          required: ["name"],
        },
      },
      { name: "ping", description: "", parameters: { type: "object", properties: {} } },
    ],
  },
  {
    key: "1-probe",
    dataset: "probe",
    row: 1,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Hello, what can I do?" },
      { role: "user", content: "Ping it." },
    ],
    tools: [{ name: "ping", description: "word ".repeat(60), parameters: { type: "object" } }],
  },
];

/** Fixed synthetic pair for a style's hash. */
export const PROBE_PAIR: SyntheticPair = {
  instruction: 'Price of the lamp "Vela"',
  input: "",
  output: [{ name: "get_lamp_price", arguments: { name: "Vela", days: 3 } }],
};

/** A pair whose request is its input. */
export const PROBE_PAIR_WITH_INPUT: SyntheticPair = { ...PROBE_PAIR, input: "Vela costs what?" };
