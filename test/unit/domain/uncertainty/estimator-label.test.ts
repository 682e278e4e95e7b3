import { expect, it } from "vitest";
import { CONFIG_DEFAULTS } from "../../../../domain/config/defaults.js";
import type { EstimatorSpec } from "../../../../domain/config/variant.js";
import { labelEstimator } from "../../../../domain/uncertainty/estimator-label.js";

it.each<[Partial<EstimatorSpec>, string]>([
  [{ kind: "rss", weight: 2, rate: 0.1 }, "RSS"],
  [{ kind: "perplexity" }, "PPL"],
  [{ kind: "channel" }, "channel"],
  [{ kind: "channel", weight: 2 }, "channel, weight 2"],
  [{ kind: "call-likelihood" }, "call-likelihood"],
  [{ kind: "call-likelihood", aggregate: "sum" }, "call-likelihood, sum"],
  [{ kind: "agreement", samples: 10 }, "agreement, 10 samples"],
])("%o", (fields, label) => {
  expect(labelEstimator({ ...CONFIG_DEFAULTS.estimator, ...fields })).toBe(label);
});
