import { describe, expect, it } from "vitest";
import { readSynthesisReply } from "../../../../domain/formats/synthesis-reply.js";
import type { SynthesisReply } from "../../../../domain/formats/synthesis-reply.js";
import type { JsonObject } from "../../../../domain/json/value.js";
import { pairQuery } from "../../../../domain/formats/synthesis-reply.js";

const TOOL = {
  name: "book",
  description: "Books a table",
  parameters: {
    type: "object",
    required: ["place", "guests"],
    properties: {
      place: { type: "string" },
      guests: { type: "integer" },
      kind: { type: "string", enum: ["inside", "outside"] },
      note: { type: "string" },
      quiet: { type: "boolean" },
    },
  },
};

const read = (input: string, given: JsonObject, required = true): SynthesisReply => {
  const silent = { ...TOOL, parameters: { ...TOOL.parameters, required: [] } };
  const output = [{ name: "book", arguments: given }];
  return readSynthesisReply(JSON.stringify({ instruction: "", input, output }), {
    sample: { messages: [{ role: "user", content: "A table" }], tools: [required ? TOOL : silent] },
    siblings: [],
    checks: {
      ...{ knownTool: true, argumentsFitSchema: true, differsFromSeed: true, grounded: true },
      stated: true,
    },
    queryOf: pairQuery,
  });
};
const argumentsOf = (reply: SynthesisReply): unknown =>
  "pair" in reply ? reply.pair.output[0]?.arguments : reply.reason;

describe("pairs that state their values", () => {
  it("lose optional arguments that the query does not state", () => {
    const given = { place: "Rosa", guests: 4, kind: "inside", note: "birthday", quiet: true };
    expect(argumentsOf(read("A table at Rosa for 4.", given))).toEqual({
      ...{ place: "Rosa", guests: 4, quiet: true },
    });
    expect(argumentsOf(read("At Rosa for four, outside.", { ...given, kind: "outside" }))).toEqual({
      ...{ place: "Rosa", guests: 4, kind: "outside", quiet: true },
    });
  });

  it("are none without a required value", () => {
    expect(argumentsOf(read("A table at Rosa.", { place: "Rosa", guests: 4 }))).toBe(
      "not-grounded",
    );
    expect(argumentsOf(read("A table for 4.", { place: "Rosa", guests: 4 }))).toBe("not-grounded");
  });

  it("keep every argument if no tool says what it requires", () => {
    const given = { place: "Rosa", guests: 4, note: "birthday" };
    expect(argumentsOf(read("A table at Rosa for 4.", given, false))).toBe("not-grounded");
    expect(argumentsOf(read("At Rosa for 4, a birthday.", given, false))).toEqual(given);
  });
});
