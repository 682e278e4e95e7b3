import { describe, expect, it } from "vitest";
import { toolFromDocstring } from "../../../datasets/python-docstring.js";
import { parsePythonCall } from "../../../domain/json/python-literal.js";

const argumentsOf = (docstring: string) => toolFromDocstring("f", docstring).parameters;

describe("toolFromDocstring", () => {
  it("splits text and arguments, and takes the margin away", () => {
    const tool = toolFromDocstring(
      "turn_lamp",
      "\n    Turn a lamp on.\n      Or {off}.\n\n    Args:\n    - room: string, required, Which room\n    ",
    );
    expect(tool.name).toBe("turn_lamp");
    expect(tool.description).toBe("Turn a lamp on.\n  Or off.");
    expect(tool.parameters).toEqual({
      type: "object",
      properties: { room: { type: "string", description: "Which room" } },
      required: ["room"],
    });
  });

  it.each([
    [
      "- x-key, string, required, A key",
      { x_key: { type: "string", description: "A key" } },
      ["x_key"],
    ],
    ["- n, int32, optional, How many", { n: { type: "integer", description: "How many" } }, []],
    ["- body, json, A vote", { body: { type: "object", description: "A vote" } }, ["body"]],
    ["when (str, datetime obj): A day", { when: { type: "string", description: "A day" } }, []],
    [
      "mail (string, required): Whose",
      { mail: { type: "string", description: "Whose" } },
      ["mail"],
    ],
    [
      "page (int) required: Required. integer. The page.",
      { page: { type: "integer", description: "The page." } },
      ["page"],
    ],
    [
      "style (str) required: string.",
      { style: { type: "string", description: "string." } },
      ["style"],
    ],
  ])("reads %j", (line, properties, required) => {
    expect(argumentsOf(`Text\n\nParameters:\n${line}\n`)).toEqual({
      type: "object",
      properties,
      required,
    });
  });

  it("has no arguments if none are listed", () => {
    expect(argumentsOf("Text - not, an, argument")).toEqual({
      type: "object",
      properties: {},
      required: [],
    });
  });
});

describe("parsePythonCall", () => {
  it("reads keyword arguments that are literals", () => {
    expect(parsePythonCall("f(a = 1, b=\"x, y\", c=[True, None], d={'k': 2},)")).toEqual({
      name: "f",
      arguments: { a: 1, b: "x, y", c: [true, null], d: { k: 2 } },
    });
    expect(parsePythonCall("f()")).toEqual({ name: "f", arguments: {} });
  });

  it.each(["f", "f(1)", "f(a=b)", "f(a=1) + 1", "f(a=1", "f(a:1)", ""])("refuses %j", (text) => {
    expect(parsePythonCall(text)).toBeNull();
  });
});
