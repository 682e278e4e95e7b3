import { describe, expect, it } from "vitest";
import { Adaptations } from "../../../../activities/support/adaptations.js";

/** Whether a wait is over by now. */
async function isOver(wait: ReturnType<Adaptations["begin"]>): Promise<boolean> {
  if (wait === null) throw new Error("there is nothing to wait for");
  const pending = Symbol("pending");
  return (await Promise.race([wait.over, Promise.resolve(pending)])) !== pending;
}

describe("Adaptations", () => {
  it("let the first begin while the others wait for it to end", async () => {
    const adaptations = new Adaptations();
    expect(adaptations.begin("answer", "a")).toBeNull();
    expect(adaptations.begin("another answer", "b")).toBeNull();
    const waits = [adaptations.begin("answer", "c"), adaptations.begin("answer", "d")];
    adaptations.end("b");
    expect(await isOver(waits[0] ?? null)).toBe(false);
    adaptations.end("a");
    expect(await isOver(waits[0] ?? null)).toBe(true);
    expect(await isOver(waits[1] ?? null)).toBe(true);
    // Of those that waited, the first to ask goes on; the others wait for it.
    expect(adaptations.begin("answer", "d")).toBeNull();
    expect(await isOver(adaptations.begin("answer", "c"))).toBe(false);
  });

  it("allow an adapter's own training to be repeated", async () => {
    const adaptations = new Adaptations();
    adaptations.begin("answer", "a");
    const wait = adaptations.begin("answer", "b");
    expect(adaptations.begin("answer", "a")).toBeNull();
    expect(await isOver(wait)).toBe(false);
    adaptations.end("a");
    adaptations.end("a");
    expect(await isOver(wait)).toBe(true);
  });

  it("end one whose answer is never requested, but not one that is answering", async () => {
    const adaptations = new Adaptations();
    adaptations.begin("answer", "a");
    adaptations.begin("asked", "b");
    const forgotten = adaptations.begin("answer", "c");
    const asked = adaptations.begin("asked", "c");
    adaptations.await("b", 0.01);
    adaptations.answering("b");
    adaptations.await("a", 0.02);
    await forgotten?.over;
    expect(await isOver(asked)).toBe(false);
    expect(adaptations.begin("answer", "c")).toBeNull();
  });
});
