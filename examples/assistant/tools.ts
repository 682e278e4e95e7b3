import type { ChatCompletionFunctionTool } from "openai/resources/chat/completions";
import { z } from "zod";
import type { Stock } from "./laptops.js";

/** A tool that the model may call. */
interface LocalTool {
  readonly definition: ChatCompletionFunctionTool;
  /** Runs the call and says what came of it. Throws an `Error` that tells the model what is wrong. */
  run(given: unknown): string;
}

/** What a tool says of itself and does. */
interface ToolOptions<Arguments> {
  readonly name: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  /** Reads the arguments that the model wrote. */
  readonly shape: z.ZodType<Arguments>;
  readonly run: (given: Arguments) => string;
}

function defineTool<Arguments>(options: ToolOptions<Arguments>): LocalTool {
  const { name, description, properties, required, shape, run } = options;
  return {
    definition: {
      type: "function",
      function: { name, description, parameters: { type: "object", properties, required } },
    },
    run(given) {
      const read = shape.safeParse(given);
      if (!read.success) throw new Error(`Wrong arguments: ${z.prettifyError(read.error)}`);
      return run(read.data);
    },
  };
}

/** The shop's tools. Names and texts are like those that the tiny model was trained on; any model can read them. */
export function createTools(stock: Stock): readonly LocalTool[] {
  const name = { name: z.string() };
  return [
    defineTool({
      name: "get_laptop_price",
      description: "Current price of a laptop",
      properties: { name: { type: "string" } },
      required: ["name"],
      shape: z.object(name),
      run(given) {
        const laptop = stock.find(given.name);
        return `${laptop.name} costs ${laptop.prices.at(-1) ?? 0} euro.`;
      },
    }),
    defineTool({
      name: "get_laptop_price_history",
      description: "Past prices of a laptop",
      properties: { name: { type: "string" }, days: { type: "integer", default: 7 } },
      required: ["name"],
      shape: z.object({ ...name, days: z.int().min(1).default(7) }),
      run({ name: wanted, days }) {
        const laptop = stock.find(wanted);
        const prices = laptop.prices.slice(-days);
        return `${laptop.name}, prices of the last ${prices.length} days in euro: ${prices.join(", ")}.`;
      },
    }),
    defineTool({
      name: "set_laptop_price",
      description: "Set the price of a laptop",
      properties: { name: { type: "string" }, amount: { type: "integer" } },
      required: ["name", "amount"],
      shape: z.object({ ...name, amount: z.number().positive() }),
      run({ name: wanted, amount }) {
        const laptop = stock.find(wanted);
        const before = laptop.prices.at(-1) ?? 0;
        laptop.prices.push(amount);
        return `${laptop.name} costs ${amount} euro now; it was ${before}.`;
      },
    }),
    defineTool({
      name: "get_laptop_location",
      description: "Where a laptop is now",
      properties: { name: { type: "string" } },
      required: ["name"],
      shape: z.object(name),
      run(given) {
        const laptop = stock.find(given.name);
        return `${laptop.name} is in ${laptop.place}.`;
      },
    }),
    defineTool({
      name: "set_laptop_location",
      description: "Set where a laptop is",
      properties: { name: { type: "string" }, area: { type: "string" } },
      required: ["name", "area"],
      shape: z.object({ ...name, area: z.string().min(1) }),
      run({ name: wanted, area }) {
        const laptop = stock.find(wanted);
        const before = laptop.place;
        laptop.place = area;
        return `${laptop.name} is in ${area} now; it was in ${before}.`;
      },
    }),
  ];
}
