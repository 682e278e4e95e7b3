import { requestText } from "../../domain/samples/request-text.js";
import type { Sample } from "../../domain/samples/sample.js";
import type { NameClosing } from "../../domain/uncertainty/name-closing.js";
import type { NameScore } from "../../domain/uncertainty/name-score.js";
import type { EngineClient } from "../../engine-client/engine-client.js";
import type { RequestOptions } from "../../engine-client/http.js";
import type { ScoreRequest } from "../../engine-client/protocol.js";
import { channelMessages } from "../../prompts/channel.js";
import type { StepContext } from "./step-context.js";

/**
 * H: the log-likelihood of each candidate's name, teacher-forced after the answer's opening; what counts after
 * a name is the context's `nameClosing`.
 */
export async function scoreNames(
  engine: EngineClient,
  { style, nameClosing }: Pick<StepContext, "style" | "nameClosing">,
  sample: Sample,
  options: RequestOptions,
): Promise<NameScore[]> {
  const names = sample.tools.map(({ name }) => name);
  const { scores } = await engine.score(
    {
      model: await engine.baseModel(options),
      ...style.answerPrompt(sample),
      answerPrefix: style.format.opening,
      candidates: names,
      ...endName(nameClosing, style.format.nameClosing),
    },
    options,
  );
  return scores.map(({ logLikelihood, tokenCount }, index) => ({
    name: names[index] ?? "",
    logLikelihood,
    tokenCount,
  }));
}

function endName(
  nameClosing: NameClosing,
  character: string,
): Pick<ScoreRequest, "suffix" | "closing"> {
  if (nameClosing === "token") return { suffix: character };
  return nameClosing === "mass" ? { suffix: "", closing: character } : { suffix: "" };
}

/** The channel's share: log P(query | tool signature) of each candidate, nats, in the sample's order. */
export async function scoreQueries(
  engine: EngineClient,
  sample: Sample,
  options: RequestOptions,
): Promise<number[]> {
  const model = await engine.baseModel(options);
  const query = requestText(sample);
  return Promise.all(
    sample.tools.map(async (tool) => {
      const { scores } = await engine.score(
        {
          model,
          messages: channelMessages(tool),
          answerPrefix: "",
          candidates: [query],
          suffix: "",
        },
        options,
      );
      return scores[0]?.logLikelihood ?? Number.NaN;
    }),
  );
}
