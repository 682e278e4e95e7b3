import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ANSWER_FORMATS } from "../../../../domain/formats/answer-formats.js";
import { ARCHITECTURE_FORMATS } from "../../../../domain/formats/architecture-formats.js";
import { parseAnswer } from "../../../../domain/formats/parse-answer.js";

const RECORDS = new URL(
  "../../../../engine/src/whetstone_engine/model/architectures/",
  import.meta.url,
);

it("every architecture that the engine runs has an answer format, and no other", () => {
  const classes = readdirSync(RECORDS)
    .filter((name) => name.endsWith(".py"))
    .flatMap((name) => {
      const text = readFileSync(new URL(name, RECORDS), "utf8");
      return [...text.matchAll(/^ {4}name="(\w+)",$/gm)].map(([, found]) => found);
    });
  expect(Object.keys(ARCHITECTURE_FORMATS).sort()).toEqual(classes.sort());
});

it("every format is one of ours", () => {
  const names = ANSWER_FORMATS.map(({ name }) => name);
  for (const { format } of Object.values(ARCHITECTURE_FORMATS)) expect(names).toContain(format);
});

it.each(Object.entries(ARCHITECTURE_FORMATS))("our parser reads a call of %s", (_, { written }) => {
  expect(parseAnswer(written)).toMatchObject({ calls: [{ name: "f", arguments: { x: 1 } }] });
});
