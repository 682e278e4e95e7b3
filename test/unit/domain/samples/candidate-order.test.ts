import { describe, expect, it } from "vitest";
import { orderCandidates } from "../../../../domain/samples/candidate-order.js";

const tools = ["a", "b", "c", "d", "e"].map((name) => ({ name, description: "", parameters: {} }));
const names = (list: readonly { readonly name: string }[]): string =>
  list.map(({ name }) => name).join("");

describe("orderCandidates", () => {
  it("keeps the data's order if it is given", () => {
    expect(names(orderCandidates(tools, "given", "0-0a1b2c3d"))).toBe("abcde");
  });

  it("shuffles the same way for the same sample and differently for others", () => {
    const orders = Array.from({ length: 600 }, (_, row) =>
      names(orderCandidates(tools, "shuffled", `${row}-0a1b2c3d`)),
    );
    expect(names(orderCandidates(tools, "shuffled", "0-0a1b2c3d"))).toBe(orders[0]);
    expect(new Set(orders).size).toBeGreaterThan(90);
    expect(orders.every((order) => Array.from(order).sort().join("") === "abcde")).toBe(true);
  });

  it("takes the habit of the first place away: each tool comes first about equally often", () => {
    const first = new Map<string, number>();
    for (let row = 0; row < 1000; row += 1) {
      const [tool] = orderCandidates(tools, "shuffled", `${row}-0a1b2c3d`);
      first.set(tool!.name, (first.get(tool!.name) ?? 0) + 1);
    }
    expect([...first.values()].every((count) => count > 150 && count < 250)).toBe(true);
  });
});
