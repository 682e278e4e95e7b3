import { describe, expect, it } from "vitest";
import { findBenchmark } from "../../../../datasets/benchmarks.js";
import { importApibank } from "../../../../datasets/apibank.js";
import { readBenchmark } from "../../../../datasets/read-benchmark.js";
import {
  CLOSING_SENTENCES,
  lastRequest,
  requestText,
} from "../../../../domain/samples/request-text.js";
import type { Message } from "../../../../domain/samples/sample.js";
import { dataDirectory, hasData } from "../../../data-directory.js";

const user = (content: string): Message => ({ role: "user", content });
const assistant: Message = { role: "assistant", content: "For how many?" };
const system: Message = { role: "system", content: "The year is 2023." };
const [closing = ""] = CLOSING_SENTENCES;

describe("requestText", () => {
  it("is the unchanged query for a single user turn", () => {
    for (const content of ["Book a table ", closing]) {
      expect(requestText({ messages: [system, user(content)] })).toBe(content);
    }
    expect(requestText({ messages: [] })).toBe("");
  });

  it("is each of the user's turns, without the closing sentence", () => {
    const turns = [system, user("Book a table"), assistant, user("Two")];
    expect(requestText({ messages: turns })).toBe("Book a table\nTwo");
    expect(lastRequest({ messages: turns })).toBe("Two");
    expect(requestText({ messages: [...turns, assistant, user(closing)] })).toBe(
      "Book a table\nTwo",
    );
    expect(requestText({ messages: [user("Book a table"), assistant, user(closing)] })).toBe(
      "Book a table",
    );
  });
});

describe.skipIf(!hasData("apibank", "toolrl"))("API-Bank", () => {
  it("closes every dialogue with a sentence that is known", async () => {
    const toolrl = await readBenchmark(findBenchmark("apibank-466"), dataDirectory);
    const hammer = await importApibank(`${dataDirectory}/apibank`);
    const endings = (records: readonly { readonly messages: readonly Message[] }[]) =>
      records.filter((record) => CLOSING_SENTENCES.includes(lastRequest(record))).length;
    expect(endings(toolrl.records)).toBe(466);
    expect(endings(hammer.records)).toBe(391);
    const left = toolrl.records.filter((record) => requestText(record).includes("one tool call"));
    expect(left).toEqual([]);
  });
});
