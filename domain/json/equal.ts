import { canonicalNumber, isExactNumber } from "./exact-number.js";
import { isObject } from "./scan.js";
import type { JsonValue } from "./value.js";

/** Whether two JSON values are equal: lists in order, objects by key. */
export function equalJson(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    const [leftItems, rightItems] = [left as readonly JsonValue[], right as readonly JsonValue[]];
    return (
      leftItems.length === rightItems.length &&
      leftItems.every((item, index) => {
        const other = rightItems[index];
        return other !== undefined && equalJson(item, other);
      })
    );
  }
  if (isExactNumber(left) && isExactNumber(right)) {
    return canonicalNumber(left) === canonicalNumber(right);
  }
  if (!isObject(left) || !isObject(right)) return false;
  const members = Object.entries(left);
  return (
    members.length === Object.keys(right).length &&
    members.every(([key, member]) => {
      const other = Object.hasOwn(right, key) ? right[key] : undefined;
      return other !== undefined && equalJson(member, other);
    })
  );
}
