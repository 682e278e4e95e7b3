import { expect, it } from "vitest";
import { PARSER_VERSION } from "../../../domain/formats/parse-answer.js";
import { COPY_RULE_VERSION } from "../../../domain/grounding/ground-call.js";
import { listRules } from "../../../planning/list-rules.js";
import { CHANNEL_PROMPT_HASH } from "../../../prompts/channel.js";
import { getPromptStyle } from "../../../prompts/index.js";
import { REWRITE_PROMPT_HASH } from "../../../prompts/rewrite.js";
import { parse } from "../domain/config/fixtures.js";

function rulesOf(variant: string, prompt = "compact"): Record<string, string> {
  const text = `sweep: trial\nallowGold: true\nprompt: ${prompt}\nmodel: tiny\ndataset: { format: lookalike }\nvariants:\n  - ${variant}\n`;
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
  expect(rulesOf("base", "paper")).toEqual({});
  expect(rulesOf("cheat-ttt", "paper")).toEqual({});
  expect(rulesOf("copy-rule", "paper")).toEqual({ copyRule, parser });
  expect(rulesOf("tt-si", "paper")).toEqual({ parser, pairsPrompt });
});

it("the hashes are of different texts", () => {
  expect(channelPrompt).toMatch(/^[0-9a-f]{64}$/);
  expect(rewritePrompt).toMatch(/^[0-9a-f]{64}$/);
  expect(channelPrompt).not.toBe(rewritePrompt);
});
