import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importRecord, now, readOne, user } from "./openai-records.js";

const tools = ["a", "b", "c", "d"].map((name) => ({ ...now, function: { ...now.function, name } }));
const callOf = (name: string, id?: string) => ({ id, function: { name, arguments: "{}" } });
const result = (content: string, answers: object = {}) => ({ role: "tool", content, ...answers });
const end = [user, { role: "assistant", content: "done" }];

const contentsOf = async (calls: readonly object[], results: readonly object[]) => {
  const messages = [user, { role: "assistant", tool_calls: calls }, ...results, ...end];
  const read = await readOne({ messages, tools });
  return read.messages.filter(({ role }) => role === "tool").map(({ content }) => content);
};

describe("tool results", () => {
  it("come in the order of their calls, by id", async () => {
    const calls = [callOf("a", "1"), callOf("a", "2")];
    const results = [result("two", { tool_call_id: "2" }), result("one", { tool_call_id: "1" })];
    expect(await contentsOf(calls, results)).toEqual(["one", "two"]);
  });

  it("come in the order of their calls, by name", async () => {
    const results = [result("B", { name: "b" }), result("A", { name: "a" })];
    expect(await contentsOf([callOf("a"), callOf("b")], results)).toEqual(["A", "B"]);
  });

  it("go by id rather than by name, and by name rather than by place", async () => {
    const calls = [callOf("a", "1"), callOf("b", "2"), callOf("c", "3")];
    const results = [
      result("C"),
      result("B", { name: "b" }),
      result("A", { tool_call_id: "1", name: "b" }),
    ];
    expect(await contentsOf(calls, results)).toEqual(["A", "B", "C"]);
  });

  it("keep their order without ids and names, or if calls have no ids", async () => {
    const calls = [callOf("a"), callOf("b")];
    expect(await contentsOf(calls, [result("x"), result("y")])).toEqual(["x", "y"]);
    const withIds = [result("x", { tool_call_id: "9" }), result("y", { tool_call_id: "8" })];
    expect(await contentsOf(calls, withIds)).toEqual(["x", "y"]);
    expect(await contentsOf(calls, [result("x", { name: "z" }), result("y")])).toEqual(["x", "y"]);
  });

  it("are named if one is missing before them", async () => {
    const calls = [callOf("a", "1"), callOf("b", "2"), callOf("c", "3")];
    const b = result("B", { tool_call_id: "2" });
    expect(await contentsOf(calls, [b])).toEqual(["b: B"]);
    expect(await contentsOf(calls, [b, result("A", { tool_call_id: "1" })])).toEqual(["A", "B"]);
  });

  it("find calls that a later turn of the user's came between", async () => {
    const calls = [callOf("a", "1"), callOf("b", "2")];
    const [one, two] = [result("A", { tool_call_id: "1" }), result("B", { tool_call_id: "2" })];
    expect(await contentsOf(calls, [one, user, two])).toEqual(["A", "B"]);
    const next = { role: "assistant", tool_calls: [callOf("c", "3")] };
    const three = result("C", { tool_call_id: "3" });
    expect(await contentsOf(calls, [one, next, two, three])).toEqual(["A", "C", "B"]);
  });

  it("of an id that no call has are refused", async () => {
    const messages = [
      user,
      { role: "assistant", tool_calls: [callOf("a", "1")] },
      result("x", { tool_call_id: "7" }),
      ...end,
    ];
    const { path, result: imported } = importRecord({ messages, tools });
    await expect(imported).rejects.toMatchObject({
      message: `${path}, line 1: field "messages.2": it answers "7", but no call before it has this id`,
      code: "DATA_LINE_INVALID",
    });
  });

  it("give the same sample in every order", async () => {
    const calls = tools.map(({ function: { name } }, index) => callOf(name, `id-${index}`));
    const byId = calls.map(({ id }, index) => result(`result ${index}`, { tool_call_id: id }));
    const byName = calls.map(({ function: { name } }, index) =>
      result(`result ${index}`, { name }),
    );
    const expected = ["result 0", "result 1", "result 2", "result 3"];
    for (const given of [byId, byName]) {
      expect(await contentsOf(calls, given)).toEqual(expected);
      await fc.assert(
        fc.asyncProperty(fc.shuffledSubarray(given, { minLength: 4 }), async (order) => {
          expect(await contentsOf(calls, order)).toEqual(expected);
        }),
      );
    }
  });

  it("are never lost or changed but by their tool's name", async () => {
    const ids = fc.constantFrom("1", "2", undefined);
    const names = fc.constantFrom("a", "b");
    const calls = fc.array(fc.tuple(names, ids), { minLength: 1, maxLength: 3 });
    const results = fc.array(fc.tuple(fc.option(names), ids), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(calls, results, async (asked, answered) => {
        const known = new Set(asked.map(([, id]) => id));
        const given = answered.map(([name, id], index) =>
          result(String(index), { name, tool_call_id: known.has(id) ? id : undefined }),
        );
        const contents = await contentsOf(
          asked.map(([name, id]) => callOf(name, id)),
          given,
        );
        const plain = contents.map((content) => content.replace(/^[ab]: /, ""));
        expect([...plain].sort()).toEqual(given.map(({ content }) => content).sort());
      }),
    );
  });
});
