import type { Sample } from "../../domain/samples/sample.js";
import type { AnswerToken } from "../../domain/uncertainty/answer-evidence.js";
import type { EngineClient } from "../../engine-client/engine-client.js";
import type { RequestOptions } from "../../engine-client/http.js";
import type { PromptStyle } from "../../prompts/types.js";

/** The tokens of a text, teacher-forced as the base model's answer to a sample. */
export async function scoreAnswerTokens(
  engine: EngineClient,
  style: PromptStyle,
  sample: Sample,
  text: string,
  options: RequestOptions,
): Promise<AnswerToken[]> {
  const { scores } = await engine.score(
    {
      model: await engine.baseModel(options),
      ...style.answerPrompt(sample),
      answerPrefix: "",
      candidates: [text],
      suffix: "",
      tokens: true,
    },
    options,
  );
  const unitOf = unitsOfCodePoints(text);
  return (scores[0]?.tokens ?? []).map(({ start, end, logLikelihood }) => ({
    start: unitOf[start] ?? text.length,
    end: unitOf[end] ?? text.length,
    logLikelihood,
  }));
}

/** Position in UTF-16 units of each code point. */
function unitsOfCodePoints(text: string): number[] {
  let unit = 0;
  return Array.from(text, (character) => {
    const position = unit;
    unit += character.length;
    return position;
  });
}
