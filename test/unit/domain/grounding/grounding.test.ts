import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { declaresRequirements, groundCall } from "../../../../domain/grounding/ground-call.js";
import { listSpans } from "../../../../domain/grounding/query-spans.js";
import { countOccurrences, numbersIn } from "../../../../domain/grounding/query-text.js";
import { isExactNumber, numberText, readNumber } from "../../../../domain/json/exact-number.js";
import { replaceNumber, replaceValue } from "../../../../domain/grounding/replace-value.js";
import { substituteValues } from "../../../../domain/grounding/substitute-values.js";
import { findNearestTexts } from "../../../../domain/samples/nearest-texts.js";
import { createRandom } from "../../../../domain/identity/random.js";
import type { JsonObject } from "../../../../domain/json/value.js";
import type { Tool } from "../../../../domain/samples/sample.js";

const tool: Tool = {
  name: "book",
  description: "",
  parameters: {
    type: "object",
    properties: {
      city: { type: "string" },
      day: { type: "string" },
      nights: { type: "integer" },
      view: { type: "string", enum: ["sea", "garden"] },
      notes: { type: "string" },
    },
    required: ["city", "day", "nights", "view"],
  },
};

/** Two numbers that are one double. */
const LONG = "1234567890123456789";
const NEIGHBOR = "1234567890123456788";

describe("numbers that no double holds", () => {
  const account: Tool = {
    name: "open",
    description: "",
    parameters: {
      type: "object",
      properties: { id: { type: "integer" }, old: { type: "integer" } },
      required: ["id"],
    },
  };

  it("stand in the query by all of their digits", () => {
    const { call, dropped, open } = groundCall(
      { name: "open", arguments: { id: readNumber(NEIGHBOR), old: readNumber(LONG) } },
      account,
      `Open account ${LONG}.`,
    );
    expect(call.arguments).toEqual({ id: readNumber(NEIGHBOR), old: readNumber(LONG) });
    expect(dropped).toEqual([]);
    expect(open).toEqual([]);
  });

  it("are dropped or copied if the query has another of the same double", () => {
    const query = `Open account ${LONG}, not ${NEIGHBOR.replace("8", "9")}.`;
    const given = { id: readNumber(NEIGHBOR), old: readNumber(NEIGHBOR) };
    const { dropped, open } = groundCall({ name: "open", arguments: given }, account, query);
    expect(dropped).toEqual(["old"]);
    expect(open[0]?.choices).toContainEqual(readNumber(LONG));
    expect(open[0]?.choices).not.toContain(Number(LONG));
  });

  it("are exchanged for others of as many digits, in the query and the call alike", () => {
    const input = {
      query: `Open account ${LONG}.`,
      calls: [{ name: "open", arguments: { id: readNumber(LONG) } }],
    };
    const { query, calls } = substituteValues(input, [account], createRandom("x"));
    const id = calls[0]?.arguments["id"];
    expect(isExactNumber(id)).toBe(true);
    const digits = numberText(id ?? null) ?? "";
    expect(digits).toMatch(/^[1-9]\d{18}$/);
    expect(digits).not.toBe(LONG);
    expect(query).toBe(`Open account ${digits}.`);
  });

  it("keep no zeros in front", () => {
    expect(numbersIn(`no. 000${LONG}, 007`)).toEqual([readNumber(LONG), 7]);
  });
});

describe("groundCall", () => {
  const query = "A room in New York from 2023-05-04 for three nights, please.";

  it("keeps what the query says and drops optional inventions", () => {
    const { call, dropped, open } = groundCall(
      {
        name: "book",
        arguments: { city: "new york", day: "2023-05-04", nights: 3, view: "sea", notes: "quiet" },
      },
      tool,
      query,
    );
    expect(call.arguments).toEqual({ city: "new york", day: "2023-05-04", nights: 3, view: "sea" });
    expect(dropped).toEqual(["notes"]);
    expect(open).toEqual([]);
  });

  it("opens required values that are not in the query, without spans that are taken", () => {
    const { open } = groundCall(
      { name: "book", arguments: { city: "New York", day: "tomorrow", nights: 7, view: "sea" } },
      tool,
      query,
    );
    expect(open.map(({ key }) => key)).toEqual(["day", "nights"]);
    expect(open[0]?.choices).toContain("2023-05-04");
    expect(open[0]?.choices).not.toContain("New York");
    expect(open[1]?.choices).toContain(3);
  });

  it("copies no value of an enum that may be null, and drops what may be null", () => {
    const strict: Tool = {
      ...tool,
      parameters: {
        type: "object",
        properties: {
          city: { type: "string" },
          view: { anyOf: [{ enum: ["sea", "garden"] }, { type: "string" }] },
          units: { anyOf: [{ type: "string", enum: ["metric"] }, { type: "null" }] },
          nights: { type: ["integer", "null"] },
          place: { $ref: "#/$defs/Place" },
        },
        required: ["city", "view", "units", "nights", "place"],
        $defs: {
          Place: {
            type: "object",
            properties: { name: { type: "string" }, zip: { type: ["string", "null"] } },
          },
        },
      },
    };
    const ground = (given: JsonObject) =>
      groundCall({ name: "book", arguments: given }, strict, query);
    const declared = { city: "New York", view: "sea" };
    expect(ground({ ...declared, units: "metric", nights: 7 })).toMatchObject({
      call: { arguments: declared },
      dropped: ["units", "nights"],
      open: [],
    });
    expect(ground({ ...declared, view: "lake" }).open.map(({ key }) => key)).toEqual(["view"]);
    // A null member takes nothing from the text.
    const place = { name: "room", zip: null };
    expect(ground({ ...declared, place }).call.arguments).toEqual({ ...declared, place });
    expect(declaresRequirements([strict])).toBe(true);
  });

  it("drops no given argument if requirements are unknown, and redecodes it", () => {
    const silent: Tool = {
      ...tool,
      parameters: { ...tool.parameters, required: [] },
    };
    const call = { name: "book", arguments: { city: "New York", day: "tomorrow", notes: "" } };
    expect(groundCall(call, silent, query)).toMatchObject({
      call: { arguments: { city: "New York" } },
      dropped: ["day", "notes"],
      open: [],
    });
    const unknown = groundCall(call, silent, query, { requirementsKnown: false });
    // What the model itself left empty is no value.
    expect(unknown).toMatchObject({
      call: { arguments: { city: "New York", day: "tomorrow" } },
      dropped: ["notes"],
    });
    expect(unknown.open.map(({ key }) => key)).toEqual(["day"]);
    expect(declaresRequirements([silent, tool])).toBe(true);
    expect(declaresRequirements([silent, { ...silent, parameters: {} }])).toBe(false);
  });

  it("lets one occurrence serve one argument", () => {
    const call = {
      name: "book",
      arguments: { city: "Paris", day: "Paris", nights: 1, view: "sea" },
    };
    expect(groundCall(call, tool, "Paris, one night").open.map(({ key }) => key)).toEqual(["day"]);
    expect(groundCall(call, tool, "Paris to Paris, one night").open).toEqual([]);
  });

  it("lets one occurrence of a number serve one argument, too", () => {
    const stay: Tool = {
      name: "stay",
      description: "",
      parameters: {
        type: "object",
        properties: { nights: { type: "integer" }, guests: { type: "integer" } },
        required: ["nights", "guests"],
      },
    };
    const open = (nights: number, guests: number, text: string) =>
      groundCall({ name: "stay", arguments: { nights, guests } }, stay, text).open;
    expect(open(5, 5, "5 nights")).toEqual([]);
    expect(open(5, 5, "5 nights for 2 guests")).toEqual([{ key: "guests", choices: [2] }]);
    expect(open(5, 5, "5 nights for five guests")).toEqual([]);
    // A number that is taken is offered to no other argument, however often that one asks.
    expect(open(2, 7, "two nights, 2 beds, 9 guests")).toEqual([
      { key: "guests", choices: [2, 9] },
    ]);
    // What a text took, no number can take again.
    const mixed = {
      name: "book",
      arguments: { city: "1986", day: "x", nights: 1986, view: "sea" },
    };
    expect(groundCall(mixed, tool, "1986, for 4").open).toMatchObject([
      { key: "day" },
      { key: "nights", choices: [4] },
    ]);
  });

  it("counts a number as taken, for spans too", () => {
    const call = { name: "book", arguments: { city: ".01", day: "x", nights: 1986, view: "sea" } };
    const { open } = groundCall(call, tool, "to the city in 1986");
    expect(open[0]?.choices).toContain("city");
    expect(open[0]?.choices).not.toContain("1986");
  });

  it("compares whole words", () => {
    expect(countOccurrences("art", "a party for Art")).toBe(1);
    expect(numbersIn("1,200 and 3.5 or two")).toEqual([1200, 3.5, 2]);
  });
});

it("lists spans as they are written", () => {
  expect(listSpans('Find "Old Town".')).toEqual([
    "Find",
    'Find "Old',
    'Find "Old Town',
    "Old",
    "Old Town",
    "Town",
  ]);
});

describe("substituteValues", () => {
  it("replaces a value in both query and call and keeps the rest", () => {
    const { query, calls } = substituteValues(
      {
        query: "Book Lisbon Garden for 12 nights; I love lisbon garden.",
        calls: [{ name: "book", arguments: { city: "Lisbon Garden", nights: 12, view: "sea" } }],
      },
      [tool],
      createRandom("x"),
    );
    const { city, nights, view } = calls[0]?.arguments as Record<string, string>;
    expect(city).not.toBe("Lisbon Garden");
    expect(query).toBe(`Book ${city} for ${nights} nights; I love ${city}.`);
    expect(String(nights)).toMatch(/^[1-9]\d$/);
    expect(view).toBe("sea");
  });

  it.each<[string, JsonObject]>([
    ["anyOf with null", { anyOf: [{ enum: ["sea", "garden"] }, { type: "null" }] }],
    ["titled constants", { oneOf: [{ const: "sea" }, { const: "garden" }] }],
    ["a reference", { $ref: "#/$defs/View" }],
    ["an enum among others", { anyOf: [{ enum: ["sea"] }, { type: "string" }] }],
    ["items", { type: "array", items: { $ref: "#/$defs/View" } }],
    ["a member", { type: "object", properties: { is: { $ref: "#/$defs/View" } } }],
  ])("never exchanges an enumerated value: %s", (_, schema) => {
    const parameters = {
      $ref: "#/$defs/Root",
      $defs: {
        View: { enum: ["sea", "garden"] },
        Root: { type: "object", properties: { view: schema, city: { type: "string" } } },
      },
    };
    const view = { items: ["sea"], "a member": { is: "sea" } }[_] ?? "sea";
    const { query, calls } = substituteValues(
      {
        query: "Oslo, a room with a view of the sea",
        calls: [{ name: "book", arguments: { view, city: "Oslo" } }],
      },
      [{ ...tool, parameters }],
      createRandom("x"),
    );
    expect(calls[0]?.arguments["view"]).toEqual(view);
    expect(calls[0]?.arguments["city"]).not.toBe("Oslo");
    expect(query).toMatch(/, a room with a view of the sea$/);
  });

  it("is a function of its draws", () => {
    const input = { query: "Call 555-1234", calls: [{ name: "c", arguments: { n: "555-1234" } }] };
    const once = substituteValues(input, [], createRandom("a"));
    expect(substituteValues(input, [], createRandom("a"))).toEqual(once);
    expect(substituteValues(input, [], createRandom("b"))).not.toEqual(once);
  });

  it("keeps kind and length class", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.integer(), (value, seed) => {
        const replaced = replaceValue(value, createRandom(seed));
        expect(replaced.split(/\s+/u).length).toBe(value.split(/\s+/u).length);
      }),
    );
    expect(replaceValue("2023-08-15", createRandom("d"))).toMatch(/^2023-(0[1-9]|1[0-2])-[0-2]\d$/);
    expect(replaceValue("in 1986", createRandom("d"))).toMatch(/^in 19\d\d$/);
    expect(replaceValue("AB-12x", createRandom("d"))).toMatch(/^AB-\d\d[a-z]$/);
    expect(replaceNumber(-40.5, createRandom("n"))).toMatch(/^-[1-9]\d(\.[1-9])?$/);
  });
});

it("finds the nearest texts by rare words", () => {
  const texts = ["the price of tea", "the weather in Oslo", "the price of a house"];
  expect(findNearestTexts("weather of tomorrow", texts, 1)).toEqual([1]);
  expect(findNearestTexts("what does tea cost", texts, 2)[0]).toBe(0);
});
