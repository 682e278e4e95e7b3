import { getPromptStyle } from "../../../prompts/index.js";
import { describe, expect, it } from "vitest";
import { EXAMPLE_CALL } from "../../../domain/formats/answer-format.js";
import { parseSynthesisReply } from "../../../domain/formats/synthesis-reply.js";
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
    expect(paperStyle.synthesisMessages(dated)[1]!.content).toContain("The current year is 2023.");
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

  it("asks for one new example after functions and seed, with the request as the input", () => {
    const [system, user] = paperStyle.synthesisMessages(single);
    expect(system!.content).toContain("exactly 1 new example");
    const titles = user!.content.split("\n").filter((line) => line.startsWith("# "));
    expect(titles).toEqual(["# Functions", "# Seed instruction", "# Seed Input", "# New example"]);
    const shape = parseSynthesisReply(user!.content.split("\n").at(-1)!);
    expect(shape).toEqual({
      pair: {
        instruction: "Answer the request with calls of the functions.",
        input: expect.stringContaining("full sentences that state every argument value") as string,
        output: [EXAMPLE_CALL],
      },
    });
    expect(JSON.parse(paperStyle.renderSynthesis(PROBE_PAIR))).toEqual(PROBE_PAIR);
  });

  it("answers in the same notation as compact, with its own hash", () => {
    expect(paperStyle.format.opening).toBe(compactStyle.format.opening);
    expect(paperStyle.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(paperStyle.hash).not.toBe(compactStyle.hash);
  });
});
