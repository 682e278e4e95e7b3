import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { importOpenaiJsonl } from "../../datasets/openai-jsonl.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import { parseSynthesisReply } from "../../domain/formats/synthesis-reply.js";
import { canonicalJson } from "../../domain/json/canonical.js";
import type { JsonObject } from "../../domain/json/value.js";
import { isObject } from "../../domain/json/scan.js";
import { readParameters } from "../../domain/schemas/read-parameters.js";
import { readShape } from "../../domain/schemas/read-shape.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import { anySchema } from "../unit/domain/schemas/arbitrary-schemas.js";
import { anyAnswer, anyCalls, anyJson } from "./texts.js";

/** Code that must end on any input, without an error of its own. */
export interface FuzzTarget {
  readonly name: string;
  /** Share of all cases. */
  readonly share: number;
  readonly property: (folder: string) => fc.IAsyncProperty<[unknown]>;
}

const anyTool = anySchema.map((schema) => ({
  name: "go",
  description: "",
  parameters: isObject(schema) ? schema : {},
}));

/** Lines of an openai-jsonl file, legal and broken. */
const anyLine = fc.oneof(
  fc
    .tuple(anyCalls, anyJson, anyTool)
    .map(
      ([calls, value, tool]) =>
        `{"messages": [{"role": "user", "content": "Go"}, {"role": "assistant", "content": ${JSON.stringify(calls)}, "tool_calls": [{"type": "function", "function": {"name": "go", "arguments": ${JSON.stringify(value)}}}]}], "tools": [${JSON.stringify({ type: "function", function: tool })}]}`,
    ),
  fc.tuple(anyJson, anyJson).map(([left, right]) => `{"messages": ${left}, "tools": ${right}}`),
  anyAnswer,
);

/** The targets, by the names that a failure is reported under. */
export const TARGETS: readonly FuzzTarget[] = [
  {
    name: "parser",
    share: 0.4,
    property: () => onEach(anyAnswer, checkParser),
  },
  {
    name: "matcher",
    share: 0.3,
    property: () =>
      onEach(fc.record({ gold: anyCalls, text: anyAnswer, tool: anyTool }), checkMatcher),
  },
  {
    name: "schema reader",
    share: 0.2,
    property: () =>
      onEach(anyTool, ({ parameters }) => {
        for (const { place } of readParameters(parameters).members) readShape(place);
      }),
  },
  {
    name: "importer",
    share: 0.1,
    property: (folder) =>
      onEach(anyLine, async (line) => {
        const path = join(folder, "data.jsonl");
        writeFileSync(path, line);
        await importOpenaiJsonl(path).catch((error: unknown) => {
          if (!(error instanceof WhetstoneError)) throw error;
        });
      }),
  },
];

function onEach<Case>(
  cases: fc.Arbitrary<Case>,
  check: (value: Case) => void | Promise<void>,
): fc.IAsyncProperty<[unknown]> {
  return fc.asyncProperty(cases, async (value) => {
    await check(value);
  });
}

function checkParser(text: string): void {
  const answer = parseAnswer(text);
  // What is read must be storable.
  if (isReadable(answer)) canonicalJson(answer.calls);
  parseSynthesisReply(text);
}

function checkMatcher({
  gold,
  text,
  tool,
}: {
  readonly gold: string;
  readonly text: string;
  readonly tool: {
    readonly name: string;
    readonly description: string;
    readonly parameters: JsonObject;
  };
}): void {
  const right = parseAnswer(gold);
  if (!isReadable(right)) throw new Error(`generated gold cannot be read: ${right.reason}`);
  judgeAnswer(parseAnswer(text), right, [tool]);
  const own = judgeAnswer(right, right, [tool]);
  if (!own.correctStrict) throw new Error(`gold is not right against itself: ${own.reason}`);
}
