import { expect, it } from "vitest";
import { PARSER_VERSION } from "../../../domain/formats/parse-answer.js";
import { COPY_RULE_VERSION } from "../../../domain/grounding/ground-call.js";
import { listRules } from "../../../planning/list-rules.js";
import { NAME_FORCING_VERSION } from "../../../domain/uncertainty/name-closing.js";
import { CHANNEL_PROMPT_HASH } from "../../../prompts/channel.js";
import { getPromptStyle } from "../../../prompts/index.js";
import { REWRITE_PROMPT_HASH } from "../../../prompts/rewrite.js";
import { parse } from "../domain/config/fixtures.js";

function rulesOf(variant: string, settings = ""): Record<string, string> {
  const text = `sweep: trial\nallowGold: true\nmodel: tiny\ndataset: { format: lookalike }\n${settings}variants:\n  - ${variant}\n`;
  return listRules(parse(text));
}

const channelPrompt = CHANNEL_PROMPT_HASH;
const copyRule = COPY_RULE_VERSION;
const parser = PARSER_VERSION;
const rewritePrompt = REWRITE_PROMPT_HASH;

it.each<[string, Record<string, string>]>([
  ["base", {}],
  ["tt-si", { parser }],
  ["cheat-ttt", {}],
  ["oracle-pair", { copyRule, parser }],
  ["tt-d", { parser }],
  ["shuffled-pair", { parser }],
  ["{ method: argmax-name, estimator: channel }", { channelPrompt }],
  ["{ method: tt-si, estimator: agreement }", { answerEvidence: "answer-evidence-v1", parser }],
  [
    "{ method: argmax-name, estimator: min-token }",
    { answerEvidence: "answer-evidence-v1", parser },
  ],
  ["{ method: random-gate, estimator: { kind: min-token, rate: 0.4 } }", { parser }],
  ["copy-rule", { copyRule, parser }],
  ["identity-pair", { copyRule, parser }],
  ["{ method: copy-rule, synthesis: { name: channel } }", { channelPrompt, copyRule, parser }],
  ["{ method: tt-si, synthesis: { verify: channel } }", { channelPrompt, parser }],
  ["{ method: tt-si, inference: { copy: true } }", { copyRule, parser }],
  ["{ method: tt-si, synthesis: { grounding: substitute } }", { copyRule, parser }],
  ["{ method: tt-si, synthesis: { grounding: rewrite } }", { copyRule, parser, rewritePrompt }],
])("%s", (variant, expected) => {
  expect(rulesOf(variant)).toEqual(expected);
});

it("names how the paper style asks for pairs where there are any", () => {
  const pairsPrompt = getPromptStyle("paper").pairsHash;
  expect(rulesOf("base", "prompt: paper\n")).toEqual({});
  expect(rulesOf("cheat-ttt", "prompt: paper\n")).toEqual({});
  expect(rulesOf("copy-rule", "prompt: paper\n")).toEqual({ copyRule, parser });
  expect(rulesOf("tt-si", "prompt: paper\n")).toEqual({ parser, pairsPrompt });
});

it("the hashes are of different texts", () => {
  expect(channelPrompt).toMatch(/^[0-9a-f]{64}$/);
  expect(rewritePrompt).toMatch(/^[0-9a-f]{64}$/);
  expect(channelPrompt).not.toBe(rewritePrompt);
});

it("a forced name of a free answer is closed by the model, unless names are closed by a token", () => {
  const nameForcing = NAME_FORCING_VERSION;
  expect(rulesOf("argmax-name", "format: list\n")).toEqual({ nameForcing });
  expect(rulesOf("argmax-name", "nameClosing: none\n")).toEqual({ nameForcing });
  expect(rulesOf("argmax-name", "nameClosing: token\nformat: list\n")).toEqual({});
  expect(rulesOf("tt-si", "format: list\n")).toEqual({ parser });
  const constrained = "{ method: argmax-name, inference: { decoding: constrained } }";
  expect(rulesOf(constrained, "format: list\n")).toEqual({});
});
