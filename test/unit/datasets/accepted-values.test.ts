import { describe, expect, it } from "vitest";
import { answer, good, importRecord, readOne, user } from "./openai-records.js";

describe('"accepted"', () => {
  it("lists the values of arguments, null for none", async () => {
    const goldOf = async (accepted: unknown) => (await readOne({ ...good, accepted })).gold;
    const call = { name: "now", arguments: { city: "Rome" } };
    expect(await goldOf([{ city: ["Rome", "Roma"], zone: null }])).toEqual({
      calls: [{ ...call, accepted: { city: ["Rome", "Roma"] } }],
    });
    expect(await goldOf([null])).toEqual({ calls: [call] });
    expect(await goldOf(null)).toEqual({ calls: [call] });
  });

  it.each<[string, unknown, string]>([
    [
      "another number of entries than calls",
      [{ city: ["Rome"] }, { city: ["Oslo"] }],
      'field "accepted": 2 entries; one for each call of the right answer is needed, 1 in all',
    ],
    [
      "no entry",
      [],
      'field "accepted": 0 entries; one for each call of the right answer is needed, 1 in all',
    ],
    [
      "an argument that does not exist",
      [{ town: ["Rome"] }],
      'field "accepted.0.town": neither the call nor the tool "now" has this argument',
    ],
    ["an argument without a value", [{ city: [] }], 'field "accepted.0.city": no value is listed'],
    [
      "one value instead of a list",
      [{ city: "Rome" }],
      'field "accepted.0.city": Invalid input: expected array, received string',
    ],
  ])("is refused with %s", async (_, accepted, problem) => {
    const { path, result } = importRecord({ ...good, accepted });
    await expect(result).rejects.toMatchObject({
      message: `${path}, line 1: ${problem}`,
      code: "DATA_LINE_INVALID",
    });
  });

  it("may list an argument of the call that its tool does not declare", async () => {
    const tool_calls = [{ function: { name: "now", arguments: { town: "Rome" } } }];
    const messages = [user, { ...answer, tool_calls }];
    const { gold } = await readOne({ ...good, messages, accepted: [{ town: ["Roma"] }] });
    expect(gold.calls[0]?.accepted).toEqual({ town: ["Roma"] });
  });

  it("is warned about if it lists another argument that may be omitted", async () => {
    const file = await importRecord({ ...good, accepted: [{ zone: ["CET", ""] }] }).result;
    expect((file.rowWarnings ?? []).filter(({ rows }) => rows.length > 0)).toEqual([
      { text: '"accepted" lists an argument that neither the call nor its tool has', rows: [0] },
    ]);
  });
});
