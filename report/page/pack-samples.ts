import { cutText } from "../../domain/text/cut-text.js";
import type { ResultRow } from "../../store/store.js";
import type { ReportSweep } from "../model/report-data.js";
import { joinTexts, readBySample } from "../model/report-texts.js";
import { packText } from "./pack.js";
import type { PageSample, SampleDetail, UnitDetail } from "./page-model.js";

/** Characters of a query that the list shows and searches. */
const QUERY_LENGTH = 600;

/** JSON characters per chunk; a chunk of this size opens in a few milliseconds. */
const CHUNK_LENGTH = 300_000;

/** The samples of a page: their entries in the list, and their details in packed chunks. */
interface PackedSamples {
  readonly samples: readonly PageSample[];
  /** Each a list of `SampleDetail`, compressed as a whole, because neighboring samples share tools and wording. */
  readonly chunks: readonly string[];
}

/** Reads and packs the samples of all sweeps with their units, in order of data set and row. */
export async function packSamples(sweeps: readonly ReportSweep[]): Promise<PackedSamples> {
  const samples: PageSample[] = [];
  const chunks: Promise<string>[] = [];
  let chunk: string[] = [];
  let length = 0;
  const close = (): void => {
    chunks.push(packText(`[${chunk.join(",")}]`));
    [chunk, length] = [[], 0];
  };
  for await (const { id, detail } of readDetails(sweeps)) {
    if (length >= CHUNK_LENGTH) close();
    // One chunk is compressed while the next is read.
    await chunks.at(-2);
    const slash = id.indexOf("/");
    samples.push({
      dataset: id.slice(0, slash),
      key: id.slice(slash + 1),
      query: findQuery(detail),
      chunk: chunks.length,
      place: chunk.length,
    });
    const text = JSON.stringify(detail);
    chunk.push(text);
    length += text.length;
  }
  if (chunk.length > 0) close();
  return { samples, chunks: await Promise.all(chunks) };
}

/** Every sample with its units of all sweeps; a unit's number counts through the sweeps. */
async function* readDetails(
  sweeps: readonly ReportSweep[],
): AsyncGenerator<{ readonly id: string; readonly detail: SampleDetail }> {
  const units = sweeps.flatMap((sweep) => sweep.units);
  const texts = joinTexts(sweeps.map((sweep) => sweep.texts));
  for await (const { id, sample, rows } of readBySample(texts, units)) {
    const detail = {
      sample: sample?.sample ?? null,
      gold: sample?.gold ?? null,
      units: rows.map(({ row, position }) => pickDetail(row, position)),
    };
    yield { id, detail };
  }
}

function pickDetail(row: ResultRow, unit: number): UnitDetail {
  const { correctStrict, calls, errorCode, errorMessage, attempt, startedAt, finishedAt } = row;
  const { runId, toolVersion, engineVersion, trace } = row;
  return {
    ...{ unit, correctStrict, calls, errorCode, errorMessage, attempt, startedAt, finishedAt },
    ...{ runId, toolVersion, engineVersion, trace },
  };
}

function findQuery({ sample }: SampleDetail): string {
  const asked = sample?.messages.filter((message) => message.role === "user").at(-1);
  return cutText((asked?.content ?? "").replace(/\s+/g, " "), QUERY_LENGTH);
}
