import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { leaveOutTexts, restoreTexts } from "../../../archive/leave-out.js";
import type { ArchiveTexts } from "../../../archive/line-writer.js";
import { listTexts, SHORTEST_QUOTE } from "../../../archive/quotes.js";
import { restoreArchive } from "../../../archive/restore-archive.js";
import { streamArchive } from "../../../archive/write-archive.js";
import { importDataset } from "../../../datasets/index.js";
import type { GoldSample } from "../../../domain/samples/sample.js";
import { unitKey } from "../../../domain/identity/unit-key.js";
import { writeFileWhole } from "../../../report/write-file.js";
import type { Store } from "../../../store/store.js";
import { parse } from "../domain/config/fixtures.js";
import { makeResult, makeSample, makeSweep } from "../store/fixtures.js";
import { hexKey, listParts } from "./full-sweep.js";
import { describeStores, makeFolder } from "./stores.js";

const QUERY = "Please tell me what the weather in the old harbor town of Bremen will be on Friday.";
const TOOL = "Returns the forecast of a place for one of the following seven days, in degrees.";

/** A value with pieces of a sample's texts, and keys that look like marks. */
function valuesFrom(sample: GoldSample): fc.Arbitrary<unknown> {
  const texts = listTexts(sample);
  const piece = fc
    .tuple(fc.constantFrom(...texts), fc.nat(90), fc.nat(90))
    .map(([text, start, length]) => text.slice(start, start + length));
  const text = fc
    .array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 4 })
    .map((pieces) => pieces.join(""));
  const key = fc.oneof(
    fc.constantFrom("$quotes", "$$tool", "$gold", "__proto__", "name", "candidates", "output"),
    fc.string({ maxLength: 5 }),
  );
  return fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, text, fc.jsonValue(), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    object: fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  })).value;
}

it(
  "puts back any value byte for byte, and leaves no quote of 32 characters in it",
  { timeout: 60_000 },
  () => {
    const sample = makeSample(0, QUERY);
    const source: GoldSample = {
      ...sample,
      sample: {
        ...sample.sample,
        tools: [{ name: "get", description: TOOL, parameters: { type: "object" } }],
      },
    };
    const runs = new Set(
      listTexts(source).flatMap((text) =>
        Array.from({ length: Math.max(0, text.length - SHORTEST_QUOTE + 1) }, (_, at) =>
          text.slice(at, at + SHORTEST_QUOTE),
        ),
      ),
    );
    const place = fc.constantFrom("any" as const, "candidates" as const, "labels" as const);
    fc.assert(
      fc.property(valuesFrom(source), place, (value, where) => {
        const given: unknown = JSON.parse(JSON.stringify(value));
        const left = JSON.stringify(leaveOutTexts(given, [source], where));
        expect(JSON.stringify(restoreTexts(JSON.parse(left), [source]))).toBe(
          JSON.stringify(given),
        );
        const strings: string[] = [];
        JSON.parse(left, (_, each: unknown) => {
          if (typeof each === "string") strings.push(each);
          return each;
        });
        const quoted = strings.flatMap((text) => [...runs].filter((run) => text.includes(run)));
        expect(quoted).toEqual([]);
      }),
      { numRuns: 100 },
    );
  },
);

describeStores("an archive without its data's texts", (open, openSqlite) => {
  const folder = makeFolder();
  const dataPath = join(folder, "data.jsonl");
  writeFileSync(
    dataPath,
    [QUERY, "Short one."]
      .map((content) =>
        JSON.stringify({
          messages: [
            { role: "user", content },
            {
              role: "assistant",
              tool_calls: [
                { type: "function", function: { name: "forecast", arguments: '{"of":"Zwickau"}' } },
              ],
            },
          ],
          tools: [
            {
              type: "function",
              function: {
                name: "forecast",
                description: TOOL,
                parameters: { type: "object", properties: { of: { type: "string" } } },
              },
            },
          ],
        }),
      )
      .join("\n"),
  );
  const config = parse(
    `sweep: trial\nmodel: tiny\ndataset: { name: own, format: openai-jsonl, path: ${dataPath} }\nvariants: [base]`,
  );
  let files = 0;

  async function fill(store: Store): Promise<void> {
    const { samples, contentHash } = await importDataset({
      name: "own",
      format: "openai-jsonl",
      path: dataPath,
    });
    await store.putSamples("own", contentHash, samples);
    await store.createSweep(makeSweep({ config, status: "stopped" }));
    for (const [index, { sample, gold }] of samples.entries()) {
      const ref = {
        sweep: "trial",
        variant: "base",
        seed: 0,
        dataset: "own",
        sampleKey: sample.key,
      };
      const unit = { key: unitKey(ref), ...ref, role: "report" as const };
      await store.putUnits([unit]);
      const input = sample.messages[0]?.content ?? "";
      const labeled = { instruction: input, input: "", output: gold.calls };
      const candidates = [{ name: "forecast", logLikelihood: -1, tokenCount: 2, probability: 1 }];
      await store.putResult(
        makeResult(unit, {
          calls: null,
          trace: {
            timings: [],
            uncertainty: { estimator: "rss", candidates, margin: 1, tau: 0.95, uncertain: false },
            demonstrations: [labeled],
            answer: {
              from: "base",
              texts: [`Sure: ${index === 0 ? input : "I can."}`],
              promptTokens: 1,
              completionTokens: 1,
            },
          },
        }),
      );
      await store.putStep({
        key: hexKey(index),
        kind: "score",
        value: [{ name: "forecast", logLikelihood: -1, tokenCount: 2 }],
        originUnit: unit.key,
      });
      await store.recordSynthesisAttempt(hexKey(90 + index), {
        ...{ k: 0, attempt: 1, seed: 1, reason: "not-json", excerpt: input },
      });
    }
  }

  async function archive(store: Store, texts: ArchiveTexts = "by format"): Promise<string> {
    const path = join(folder, `${files++}.gz`);
    await writeFileWhole(path, streamArchive(store, (await store.getSweep("trial"))!, texts).bytes);
    return path;
  }

  function restore(store: Store, path: string, data: string, withoutTexts = false) {
    const input = { path, data: new Map([["own", data]]), withoutTexts };
    return restoreArchive(input, (work) => work(store));
  }

  it("holds no query, tool or gold, and is complete once the data is there", async () => {
    const [from, to] = [await open(), await openSqlite()];
    await fill(from);
    const path = await archive(from);
    const text = gunzipSync(readFileSync(path)).toString("utf8");
    for (const part of ["Bremen", "Short one.", "degrees", "Zwickau", "forecast"]) {
      expect(text, part).not.toContain(part);
    }
    expect(text).toContain("Sure: ");
    expect((await restore(to, path, dataPath)).problems).toEqual([]);
    expect(await listParts(to)).toEqual(await listParts(from));
    expect(readFileSync(await archive(to))).toEqual(readFileSync(path));
  });

  it("holds them if the user wants it", async () => {
    const from = await openSqlite();
    await fill(from);
    const text = gunzipSync(readFileSync(await archive(from, "all"))).toString("utf8");
    expect(text).toContain("Zwickau");
  });

  it("needs no data in a store that has the samples", async () => {
    const from = await open();
    await fill(from);
    const summary = await restore(from, await archive(from), "/nowhere");
    expect(summary).toMatchObject({ state: "same", problems: [] });
  });

  it("names the samples that it cannot rebuild, and writes nothing", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fill(from);
    const path = await archive(from);
    const changed = join(folder, "changed.jsonl");
    writeFileSync(changed, readFileSync(dataPath, "utf8").replace("Short one.", "Other one."));
    const keys = (await from.listSamples("own")).map(({ key }) => key);
    await expect(restore(to, path, changed)).rejects.toMatchObject({
      code: "ARCHIVE_TEXTS_MISSING",
      message: `${path} leaves out texts of its data, and not all can be rebuilt:\n  own: 1 of 2 samples (${keys[1]}): ${changed} has other content`,
      hint: "Name the data's file with --data own=PATH, or restore results and tables alone with --no-texts. Nothing was changed.",
    });
    expect(await to.listSweeps()).toEqual([]);
  });

  it("restores results alone, no incomplete step, and the texts later", async () => {
    const [from, to] = [await openSqlite(), await open()];
    await fill(from);
    const path = await archive(from);
    const summary = await restore(to, path, "/nowhere", true);
    expect(summary).toMatchObject({ added: { result: 2, sample: 0, step: 0, attempt: 0 } });
    expect(summary.problems).toEqual([
      expect.stringMatching(/^own: 2 of 2 samples \(0-\w+, 1-\w+\): /),
    ]);
    const [row] = await to.listResults("trial");
    expect(row).toMatchObject({
      correct: true,
      trace: { answer: { texts: ["Sure: [left out]"] } },
    });
    await restore(to, path, dataPath);
    expect(await listParts(to)).toEqual(await listParts(from));
  });
});
