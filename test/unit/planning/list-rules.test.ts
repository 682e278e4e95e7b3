import { expect, it } from "vitest";
import { COPY_RULE_VERSION } from "../../../domain/grounding/ground-call.js";
import { listRules } from "../../../planning/list-rules.js";
import { CHANNEL_PROMPT_HASH } from "../../../prompts/channel.js";
import { REWRITE_PROMPT_HASH } from "../../../prompts/rewrite.js";
import { parse } from "../domain/config/fixtures.js";

function rulesOf(variant: string): Record<string, string> {
  const text = `sweep: trial\nmodel: tiny\ndataset: { format: lookalike }\nvariants:\n  - ${variant}\n`;
  return listRules(parse(text));
}

const channelPrompt = CHANNEL_PROMPT_HASH;
const copyRule = COPY_RULE_VERSION;
const rewritePrompt = REWRITE_PROMPT_HASH;

it.each<[string, Record<string, string>]>([
  ["tt-si", {}],
  ["{ method: argmax-name, estimator: channel }", { channelPrompt }],
  ["{ method: tt-si, estimator: agreement }", { answerEvidence: "answer-evidence-v1" }],
  ["{ method: random-gate, estimator: { kind: min-token, rate: 0.4 } }", {}],
  ["copy-rule", { copyRule }],
  ["identity-pair", { copyRule }],
  ["{ method: copy-rule, synthesis: { name: channel } }", { channelPrompt, copyRule }],
  ["{ method: tt-si, synthesis: { verify: channel } }", { channelPrompt }],
  ["{ method: tt-si, inference: { copy: true } }", { copyRule }],
  ["{ method: tt-si, synthesis: { grounding: substitute } }", { copyRule }],
  ["{ method: tt-si, synthesis: { grounding: rewrite } }", { copyRule, rewritePrompt }],
])("%s", (variant, expected) => {
  expect(rulesOf(variant)).toEqual(expected);
});

it("the hashes are of different texts", () => {
  expect(channelPrompt).toMatch(/^[0-9a-f]{64}$/);
  expect(rewritePrompt).toMatch(/^[0-9a-f]{64}$/);
  expect(channelPrompt).not.toBe(rewritePrompt);
});
