import { describe, expect, it } from "vitest";
import { sampleContentHash } from "../../../../domain/identity/sample-hash.js";

const messages = [{ role: "user" as const, content: "hello" }];
const tools = [{ name: "greet", description: "", parameters: { type: "object" } }];

describe("sampleContentHash", () => {
  it("covers the conversation and the tools, in their order", () => {
    const base = sampleContentHash({ messages, tools });
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    const other = { name: "wave", description: "", parameters: { type: "object" } };
    const hashes = [
      base,
      sampleContentHash({ messages: [{ role: "user", content: "hello!" }], tools }),
      sampleContentHash({ messages, tools: [...tools, other] }),
      sampleContentHash({ messages, tools: [other, ...tools] }),
    ];
    expect(new Set(hashes).size).toBe(4);
  });

  it("ignores anything else, gold included", () => {
    const withGold = { messages, tools, gold: { calls: [] } };
    expect(sampleContentHash(withGold)).toBe(sampleContentHash({ messages, tools }));
  });
});
