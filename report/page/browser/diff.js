import { el } from "./dom.js";

/** Above this number of comparisons, only the common prefix and suffix are found. */
const MOST_COMPARISONS = 4_000_000;

/**
 * Word-level diff of two texts; each part is marked as in both, only before or only after.
 *
 * @param {string} before
 * @param {string} after
 * @returns {{ kind: "both" | "before" | "after", text: string }[]}
 */
function diffWords(before, after) {
  const left = splitWords(before);
  const right = splitWords(after);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(left.length, right.length) - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  ) {
    end += 1;
  }
  const middle = diffMiddle(
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
  );
  const parts = [
    { kind: /** @type {"both"} */ ("both"), text: left.slice(0, start).join("") },
    ...middle,
    { kind: /** @type {"both"} */ ("both"), text: left.slice(left.length - end).join("") },
  ];
  return joinParts(parts);
}

/** @param {string} text */
function splitWords(text) {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/**
 * Longest common subsequence by dynamic programming.
 *
 * @param {readonly string[]} left
 * @param {readonly string[]} right
 * @returns {{ kind: "both" | "before" | "after", text: string }[]}
 */
function diffMiddle(left, right) {
  if (left.length * right.length > MOST_COMPARISONS) {
    return [
      { kind: "before", text: left.join("") },
      { kind: "after", text: right.join("") },
    ];
  }
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (/** @type {number} */ row, /** @type {number} */ column) =>
    lengths[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        left[row] === right[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  /** @type {{ kind: "both" | "before" | "after", text: string }[]} */
  const parts = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    if (row < left.length && column < right.length && left[row] === right[column]) {
      parts.push({ kind: "both", text: left[row] ?? "" });
      row += 1;
      column += 1;
    } else if (
      column >= right.length ||
      (row < left.length && at(row + 1, column) >= at(row, column + 1))
    ) {
      parts.push({ kind: "before", text: left[row] ?? "" });
      row += 1;
    } else {
      parts.push({ kind: "after", text: right[column] ?? "" });
      column += 1;
    }
  }
  return parts;
}

/**
 * Merges adjacent parts of the same kind.
 *
 * @param {readonly { kind: "both" | "before" | "after", text: string }[]} parts
 */
function joinParts(parts) {
  /** @type {{ kind: "both" | "before" | "after", text: string }[]} */
  const joined = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.text === "") continue;
    if (last?.kind === part.kind) last.text += part.text;
    else joined.push({ ...part });
  }
  return joined;
}

/**
 * One side of a diff; text that the other side lacks is marked.
 *
 * @param {string} before
 * @param {string} after
 * @param {"before" | "after"} side
 */
export function drawSide(before, after, side) {
  const text = el("pre", { class: "text" });
  for (const part of diffWords(before, after)) {
    if (part.kind === "both") text.append(part.text);
    else if (part.kind === side) {
      text.append(el(side === "before" ? "del" : "ins", {}, part.text));
    }
  }
  return text;
}
