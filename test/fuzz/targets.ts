import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { importOpenaiJsonl } from "../../datasets/openai-jsonl.js";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { isReadable, parseAnswer } from "../../domain/formats/parse-answer.js";
import { answerSchema } from "../../domain/formats/answer-schema.js";
import { parseSynthesisReply } from "../../domain/formats/synthesis-reply.js";
import { groundCall } from "../../domain/grounding/ground-call.js";
import { substituteValues } from "../../domain/grounding/substitute-values.js";
import { createRandom } from "../../domain/identity/random.js";
import { spellExactNumbers } from "../../domain/json/exact-number.js";
import { parsePythonLiteral } from "../../domain/json/python-literal.js";
import { renderJson } from "../../domain/json/text.js";
import type { JsonObject } from "../../domain/json/value.js";
import { isObject } from "../../domain/json/scan.js";
import { readParameters } from "../../domain/schemas/read-parameters.js";
import { readShape } from "../../domain/schemas/read-shape.js";
import { schemaRulesOf } from "../../domain/schemas/schema-rules.js";
import { readToolParameters } from "../../domain/schemas/tool-parameters.js";
import { canonicalCalls, combineAnswers } from "../../domain/scoring/combine-answers.js";
import { countHammer } from "../../domain/scoring/hammer-f1.js";
import { judgeAnswer } from "../../domain/scoring/judge-answer.js";
import { renderSignature } from "../../prompts/signature.js";
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
        const read = readToolParameters(parameters);
        if ("problem" in read) return;
        const tool = { name: "go", description: "", parameters: read.parameters };
        renderSignature(tool);
        schemaRulesOf([tool]);
        answerSchema([tool]);
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
  parseSynthesisReply(text);
  parsePythonLiteral(text);
  const answer = parseAnswer(text);
  if (!isReadable(answer)) return;
  const calls = answer.calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  const meaning = canonicalCalls(calls);
  // The store, exports and training texts write what is read; each says the same when it is read again.
  const json = JSON.stringify(calls);
  for (const written of [json, spellExactNumbers(json), renderJson(calls)]) {
    const again = parseAnswer(`<tool_call>${written}</tool_call>`);
    if (!isReadable(again) || again.repaired || canonicalCalls(again.calls) !== meaning) {
      throw new Error(`calls are read otherwise once they are written: ${written}`);
    }
  }
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
  const answers = [parseAnswer(text), right];
  combineAnswers(
    answers,
    answers.map((answer) => judgeAnswer(answer, right, [tool])),
  );
  const { calls } = right;
  for (const answer of answers) countHammer(calls, isReadable(answer) ? answer.calls : null);
  for (const call of calls) groundCall(call, tool, text);
  substituteValues({ query: text, calls }, [tool], createRandom(text));
  const own = judgeAnswer(right, right, [tool]);
  if (!own.correctStrict) throw new Error(`gold is not right against itself: ${own.reason}`);
}
