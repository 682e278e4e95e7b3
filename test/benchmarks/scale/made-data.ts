import { createWriteStream } from "node:fs";
import { once } from "node:events";

const TOPICS = ["weather", "trains", "recipes", "parcels", "loans", "gardens", "concerts", "visas"];
const VERBS = ["find", "list", "book", "cancel"];

/** Writes so many made-up requests with four tools each, in OpenAI's tool format. */
export async function writeMadeData(path: string, samples: number): Promise<void> {
  const file = createWriteStream(path);
  for (let row = 0; row < samples; row += 1) {
    if (!file.write(`${JSON.stringify(makeRecord(row))}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

function makeRecord(row: number): object {
  const topic = TOPICS[row % TOPICS.length] ?? "";
  const verb = VERBS[Math.floor(row / TOPICS.length) % VERBS.length] ?? "";
  const place = `place-${row}`;
  const tools = VERBS.map((each) => ({
    type: "function",
    function: {
      name: `${each}_${topic}`,
      description: `Does ${each} the ${topic} of one place, as the user asks.`,
      parameters: {
        type: "object",
        properties: { place: { type: "string", description: "Name of the place." } },
        required: ["place"],
      },
    },
  }));
  const call = { name: `${verb}_${topic}`, arguments: JSON.stringify({ place }) };
  return {
    messages: [
      { role: "user", content: `Please ${verb} the ${topic} of ${place}` },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: `call-${row}`, type: "function", function: call }],
      },
    ],
    tools,
  };
}
