/**
 * A sweep of two variants, named `undisturbed`, in which every sample adapts and each training takes long enough to be
 * interrupted.
 */
export function adaptingSweep(samples: number): string {
  return `
sweep: undisturbed
model: tiny
dataset: { format: lookalike, limit: ${samples}, calibration: 0 }
inference: { temperature: 0, maxTokens: 96 }
synthesis: { temperature: 0, decoding: constrained, maxTokens: 192, checks: false }
training: { learningRate: 5e-3, epochs: 12 }
run: { concurrency: 8, partitions: 2, privateQueueTimeoutSeconds: 10 }
variants:
  - base
  - { name: tt-si-all, method: tt-si, selection: all }
`;
}
