import { formatP, formatPercent, formatPoints } from "../page/format.js";
import type { ServedSummary } from "./summarise-served.js";

/** What was served in one sentence, and what feedback says about the adapted answers in another. */
export function describeServed({ totals, feedback }: ServedSummary): string[] {
  const { asked, uncertain, adapted, base, fallback, late, failed, open } = totals;
  const ends = [
    `${adapted} answered by the adapted model`,
    `${base} by the base model`,
    ...(fallback === 0 ? [] : [`${fallback} by the base model because the method failed`]),
    `${late} late`,
    `${failed} failed`,
    ...(open === 0 ? [] : [`${open} without an answer yet`]),
  ];
  const requests = asked === 1 ? "1 request" : `${asked} requests`;
  const sentence = `${requests}, ${uncertain} uncertain: ${ends.join(", ")}.`;
  const pairs = feedback.find(({ answers }) => answers === "adapted")?.againstBase ?? null;
  if (pairs === null) return [sentence];
  const { served, base: baseShare, difference, gained, lost, p } = pairs;
  return [
    sentence,
    `By feedback with the right calls on ${pairs.pairs} adapted ${pairs.pairs === 1 ? "answer" : "answers"}, ${formatPercent(served)} % are right, and ${formatPercent(baseShare)} % of the base model's answers to the same requests: ${formatPoints(difference)} points, ${gained} gained, ${lost} lost (p ${formatP(p)}).`,
  ];
}
