import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { describeVerdict } from "../../../report/text/describe-verdict.js";
import type { ResultRow } from "../../../store/store.js";
import { makeReport } from "../../browser/make-report.js";
import { createWorkspace, type Workspace } from "../workspace.js";
import { providePython, runScript } from "./python-environment.js";

interface ReadEvent {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly event: string;
  readonly time: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const SECRET = "Bearer otlp-secret-token";
const environment = await providePython("otel");
const title = environment.skip === null ? "" : ` (skipped: ${environment.skip})`;

describe.skipIf(environment.skip !== null)(`an OpenTelemetry receiver${title}`, () => {
  const [sweep] = makeReport({ samples: 80, hostileText: "</script> \ud800" }).sweeps;
  let workspace: Workspace;
  let rows: readonly ResultRow[];
  let server: Server;
  let endpoint: string;
  let requests: Request[] = [];
  /** Answers of the next requests; then 200. */
  let answers: { readonly status: number; readonly body: string }[] = [];
  const run = (extra: NodeJS.ProcessEnv = {}) =>
    workspace.run(["export", sweep!.record.name, "--format", "otel"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/base/`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(SECRET)},x-team=ferries`,
      ...extra,
    });

  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => {
        requests.push({ path: request.url ?? "", headers: request.headers, body });
        const answer = answers.shift() ?? { status: 200, body: '{"partialSuccess": {}}' };
        response.writeHead(answer.status, { "retry-after": "0" }).end(answer.body);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    workspace = await createWorkspace();
    const store = await workspace.openStore();
    await store.createSweep(sweep!.record);
    await store.putSamples("lookalike", "hash", [...sweep!.samples.values()]);
    await store.putUnits(sweep!.units.map(({ unitKey, ...unit }) => ({ ...unit, key: unitKey })));
    for (const row of sweep!.units) await store.putResult(row);
    rows = await store.listResults(sweep!.record.name);
    await store.close();
  });
  afterAll(async () => {
    server.close();
    await workspace.close();
  });
  beforeEach(() => {
    requests = [];
    answers = [];
  });

  it("reads both verdicts on every unit, in batches", async () => {
    const { code, stdout, stderr } = await run();
    expect(stderr).toContain(`${rows.length} units: ${rows.length * 2} events in 3 requests`);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(`${endpoint}/base/v1/logs`);
    expect(requests).toHaveLength(3);
    for (const { path, headers } of requests) {
      expect(path).toBe("/base/v1/logs");
      expect(headers).toMatchObject({
        authorization: SECRET,
        "x-team": "ferries",
        "content-type": "application/json",
      });
    }
    const paths = requests.map(({ body }, index) => {
      const path = join(workspace.folder, `request-${index}.json`);
      writeFileSync(path, body);
      return path;
    });
    const events = await runScript<ReadEvent>(environment, "decode_otlp.py", paths);
    expect(events).toHaveLength(rows.length * 2);
    const found = new Map(
      events.map((event) => [
        `${String(event.attributes["gen_ai.evaluation.name"])} ${String(event.attributes["gen_ai.response.id"])}`,
        event,
      ]),
    );
    for (const row of rows) {
      for (const [name, right] of [
        ["soft", row.correct],
        ["strict", row.correctStrict],
      ] as const) {
        const event = found.get(`${name} ${row.unitKey}`)!;
        expect(event).toMatchObject({
          scope: "whetstone",
          event: "gen_ai.evaluation.result",
          time: `${Date.parse(row.finishedAt)}000000`,
          resource: { "service.name": "whetstone" },
        });
        const { attributes } = event;
        expect(attributes).toMatchObject({
          "gen_ai.request.model": "tiny",
          "whetstone.variant": row.variant,
          "whetstone.adapted": row.adapted,
        });
        expect(decodeURIComponent(String(attributes["whetstone.temporal_link"]))).toContain(
          row.unitKey,
        );
        if (row.outcome === "failed") {
          expect(attributes["error.type"]).toBe(row.errorCode);
          expect(attributes).not.toHaveProperty(["gen_ai.evaluation.score.value"]);
          continue;
        }
        expect(attributes["gen_ai.evaluation.score.value"]).toBe(right === true ? 1 : 0);
        expect(attributes["gen_ai.evaluation.score.label"]).toBe(
          right === true ? "correct" : "incorrect",
        );
        if (name === "soft") {
          expect(attributes["gen_ai.evaluation.explanation"]).toBe(
            describeVerdict(row).toWellFormed(),
          );
        }
      }
    }
  });

  it("is asked again while it is overloaded", async () => {
    answers = [
      { status: 503, body: "" },
      { status: 429, body: "" },
    ];
    const { code } = await run();
    expect(code).toBe(0);
    expect(requests).toHaveLength(5);
    expect(new Set(requests.slice(0, 3).map(({ body }) => body)).size).toBe(1);
  });

  it("refuses: one error with its words, without the secret", async () => {
    answers = [{ status: 401, body: `no access for ${SECRET}` }];
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error EXPORT_SERVICE_REFUSED: ${endpoint}/base/v1/logs refused the results: HTTP 401: no access for ***`,
    );
    expect(stderr).not.toContain("otlp-secret-token");
    expect(requests).toHaveLength(1);
  });

  it("takes a part: the rejected events are an error", async () => {
    const partialSuccess = { rejectedLogRecords: "3", errorMessage: "too old" };
    answers = [{ status: 200, body: JSON.stringify({ partialSuccess }) }];
    const { code, stderr } = await run();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `error EXPORT_SERVICE_REFUSED: ${endpoint}/base/v1/logs rejected 3 of 500 events: too old`,
    );
  });
});
