import { getPromptStyle } from "../../../prompts/index.js";
import { describe, expect, it } from "vitest";
import { conversationText } from "../../../domain/grounding/query-text.js";
import { renderJson } from "../../../domain/json/text.js";
import type { JsonObject } from "../../../domain/json/value.js";
import { SHOTS } from "../../../prompts/paper-synthesis.js";
import { readSynthesisReply } from "../../../domain/formats/synthesis-reply.js";
import type { SyntheticPair } from "../../../domain/units/trace.js";
import type { Sample } from "../../../domain/samples/sample.js";
import { PROBE_PAIR, PROBE_SAMPLES } from "../../../prompts/probe-samples.js";

const compactStyle = getPromptStyle("compact");
const paperStyle = getPromptStyle("paper");

const [single, conversation] = PROBE_SAMPLES as [Sample, Sample];

describe("paperStyle", () => {
  it("has task, output format, every function as JSON, then the input", () => {
    const [system, user, ...rest] = paperStyle.answerMessages(single);
    expect(rest).toEqual([]);
    const titles = system!.content.split("\n").filter((line) => line.startsWith("# "));
    expect(titles).toEqual(["# Task", "# Output format", "# Functions"]);
    const functions = system!.content.split("# Functions\n")[1]!.split("\n");
    expect(functions.map((line) => JSON.parse(line) as unknown)).toEqual(single.tools);
    expect(user).toEqual({
      role: "user",
      content: "# Input\nWhat does the lamp Orlo cost over 30 days?",
    });
  });

  it("shows a data set's own note, such as the year, and a conversation turn by turn", () => {
    const dated: Sample = {
      ...conversation,
      messages: [
        { role: "system", content: "The current year is 2023." },
        ...conversation.messages.slice(1),
      ],
    };
    const [system, user] = paperStyle.answerMessages(dated);
    expect(system!.content).toContain("# Note\nThe current year is 2023.\n\n# Functions");
    expect(user!.content).toBe(
      "# Conversation\nuser: Hello\nassistant: Hello, what can I do?\nuser: Ping it.",
    );
    expect(paperStyle.synthesisMessages(dated).at(-1)!.content).toContain(
      "The current year is 2023.",
    );
    expect(paperStyle.pairSample(dated, PROBE_PAIR).messages[0]?.content).toContain("2023");
  });

  it("shows examples as earlier turns in the same form", () => {
    const messages = paperStyle.answerMessages(single, { examples: [PROBE_PAIR] });
    expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(messages[1]?.content).toBe('# Input\nPrice of the lamp "Vela"');
    expect(messages[2]?.content).toBe(paperStyle.format.render(PROBE_PAIR.output));
  });

  it("takes a pair's input as its query, or its instruction if there is no input", () => {
    const query = (pair: Partial<SyntheticPair>) =>
      paperStyle.pairSample(single, { ...PROBE_PAIR, ...pair }).messages;
    expect(query({ input: "Vela costs what?" })).toEqual([
      { role: "user", content: "Vela costs what?" },
    ]);
    expect(query({})).toEqual([{ role: "user", content: 'Price of the lamp "Vela"' }]);
    const shown = { ...PROBE_PAIR, input: "Vela costs what?" };
    expect(paperStyle.answerMessages(single, { examples: [shown] })[1]?.content).toBe(
      "# Input\nVela costs what?",
    );
    expect(compactStyle.pairSample(single, shown).messages[0]?.content).toBe(
      'Price of the lamp "Vela"\nVela costs what?',
    );
  });

  it("asks for one new example of the seed, after worked examples in the same form", () => {
    const [system, ...turns] = paperStyle.synthesisMessages(single);
    expect(system!.content).toContain("exactly 1 new example");
    expect(turns.map(({ role }) => role)).toEqual([
      ...SHOTS.flatMap(() => ["user", "assistant"]),
      "user",
    ]);
    for (const { content } of turns.filter(({ role }) => role === "user")) {
      const titles = content.split("\n").filter((line) => line.startsWith("# "));
      expect(titles).toEqual([
        "# Functions",
        "# Seed instruction",
        "# Seed Input",
        "# New example",
      ]);
    }
    expect(turns.at(-1)?.content).toContain("What does the lamp Orlo cost over 30 days?");
    expect(JSON.parse(paperStyle.renderSynthesis(PROBE_PAIR))).toEqual(PROBE_PAIR);
  });

  it.each(SHOTS)("shows a reply that passes every check, with all values in its input", (shot) => {
    const checks = {
      knownTool: true,
      argumentsFitSchema: true,
      differsFromSeed: true,
      grounded: true,
    };
    const { seed, reply } = shot;
    const context = { sample: seed, siblings: [], checks, queryOf: paperStyle.queryOf };
    const read = readSynthesisReply(reply, context);
    if ("reason" in read) throw new Error(read.reason);
    expect(renderJson(read.pair as unknown as JsonObject)).toBe(reply);
    const values = read.pair.output.flatMap((call) => Object.values(call.arguments));
    for (const value of values) {
      expect(read.pair.input).toContain(JSON.stringify(value).replaceAll(`"`, ""));
      expect(conversationText(seed)).not.toContain(JSON.stringify(value).replaceAll(`"`, ""));
    }
  });

  it("answers in the same notation as compact, with its own hash", () => {
    expect(paperStyle.format.opening).toBe(compactStyle.format.opening);
    expect(paperStyle.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(paperStyle.hash).not.toBe(compactStyle.hash);
  });

  it("keeps the hash of answering prompts apart from how pairs are asked for", () => {
    // Stored answers are found by these.
    expect(paperStyle.hash).toBe(
      "aaa9592d12a07f1eb7d88ca42958baf5b313cbc183387ffbc819829e24dd6819",
    );
    expect(getPromptStyle("paper", "list").hash).toBe(
      "9f5614c4fcb1033bdb064ad31429c4d937508f5e793bdf8691b6c3df11db8abf",
    );
    expect(compactStyle.hash).toBe(
      "aef5e93d65174dec6b312de9b92ca5e53a4aa0187cee389522a688958dad5f63",
    );
    expect(compactStyle.pairsHash).toBeUndefined();
    expect(paperStyle.pairsHash).toMatch(/^[0-9a-f]{64}$/);
  });
});
