/** A config whose variants use every rule by which a field enters a key, or stays out of it. */
export const ODD_CONFIG = `sweep: odd
model: tiny
dataset: { format: lookalike, calibration: 10 }
allowGold: true
split: { name: other, format: openai-jsonl, path: other.jsonl, limit: 9 }
variants:
  - base
  - { name: greedy, method: base, inference: { temperature: 0 } }
  - { name: greedy-5, method: base, inference: { temperature: 0, answers: 5 } }
  - { name: one-call, method: base, inference: { decoding: constrained, calls: one, maxTokens: 64 } }
  - { name: copied, method: copy-rule, synthesis: { name: channel } }
  - { name: auto, method: tt-si, tau: auto, estimator: { kind: channel, weight: 0.5 } }
  - { name: some-at-random, method: tt-si, estimator: { kind: random, rate: 0.3 }, tau: 1 }
  - { name: many, method: tt-si, synthesis: { examples: 3, draws: 2, maxAttempts: 2 }, training: { adaptive: true } }
  - { name: constrained, method: tt-si, synthesis: { decoding: constrained }, inference: { calls: some } }
  - { name: unchecked, method: tt-si, synthesis: { checks: false, temperature: 0.1, maxTokens: 99 } }
  - { name: grounded, method: tt-si, synthesis: { grounding: substitute, name: best, verify: rss } }
  - { name: rewritten, method: tt-si, estimator: channel, synthesis: { grounding: rewrite, name: best, verify: channel } }
  - { name: named-by-channel, method: tt-si, synthesis: { grounding: substitute, name: channel } }
  - { name: answer-only, method: tt-si, training: { scope: answer, rank: 4, alpha: 8, epochs: 2, schedule: linear } }
  - { name: certain, method: tt-si, selection: certain, tau: 0.5 }
  - { name: taught, method: tt-d, teacher: { model: big, baseUrl: "http://127.0.0.1:9/v1" } }
  - tt-d
  - tt-si-icl
  - argmax-name
  - identity-pair
  - shuffled-pair
  - oracle-pair
  - cheat-icl
  - cheat-sft
  - cheat-ttt
  - icl
  - { name: likest, method: icl, demonstrations: { examples: 3, select: nearest } }
  - { name: tuned, method: sft, training: { batchSize: 4 } }
  - { name: tuned-elsewhere, method: sft-ood, demonstrations: { examples: 5, draw: 2 } }
`;
