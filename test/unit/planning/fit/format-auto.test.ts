import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FINGERPRINT_HEADER } from "../../../../engine-client/http.js";
import { loadConfig } from "../../../../planning/load-config.js";
import { fitFormat, readStoredFit } from "../../../../planning/fit/settle-format.js";
import type { SettleFormat } from "../../../../planning/fit/settle-format.js";
import { planSweep, previewSweep } from "../../../../planning/plan-sweep.js";
import type { PreparedSweep } from "../../../../planning/prepare-sweep.js";
import { prepareSweep } from "../../../../planning/prepare-sweep.js";
import { openStore } from "../../../../store/open-store.js";
import { startScriptedServer } from "../../sampler/scripted-server.js";
import { createWorkspace, failureOf } from "../fixtures.js";

const FINGERPRINT = "served";
const LISTED = '[{"name": "f", "arguments": {}}]';

/** A model that answers in a readable way if asked for a list or the one of xLAM, and prefers the list's opening. */
async function startModel(): ReturnType<typeof startScriptedServer> {
  const headers = { [FINGERPRINT_HEADER]: FINGERPRINT };
  return startScriptedServer(({ path, body }) => {
    if (path === "/v1/models") return { headers, body: { data: [{ id: "m", kind: "base" }] } };
    const { messages, candidates } = body as {
      messages: { content: string }[];
      candidates?: string[];
    };
    if (candidates !== undefined) {
      // The list's opening is longer: less likely as a whole, likelier per token.
      const isList = candidates[0] === '[{"name": "';
      const score = { logLikelihood: isList ? -1.5 : -0.6, tokenCount: isList ? 5 : 1 };
      return { headers, body: { scores: [score] } };
    }
    const system = messages[0]?.content ?? "";
    const reads = /One JSON list of calls and nothing else|holds the list/.test(system);
    const message = { role: "assistant", content: reads ? LISTED : "Let me think." };
    const usage = { prompt_tokens: 1, completion_tokens: 1 };
    return { headers, body: { choices: [{ index: 0, message, finish_reason: "stop" }], usage } };
  });
}

describe("format: auto", () => {
  const workspace = createWorkspace();
  let server: Awaited<ReturnType<typeof startModel>>;
  let asked = 0;

  beforeAll(async () => {
    server = await startModel();
  });
  afterAll(() => server.stop());

  const settle: SettleFormat = (request) => {
    asked += 1;
    const url = server.baseUrl.replace(/\/v1$/, "");
    return fitFormat(request, { url, fingerprint: FINGERPRINT });
  };
  const prepare = (settleFormat?: SettleFormat, ...overrides: string[]): Promise<PreparedSweep> =>
    prepareSweep({
      loaded: loadConfig(workspace.configPath, ["format=auto", ...overrides]),
      ...(settleFormat === undefined ? {} : { settleFormat }),
      commandLine: ["run"],
    });

  it("chooses by the model's answers to records that are not reported on", async () => {
    const prepared = await prepare(settle, "dataset.limit=20");
    expect(prepared.config).toMatchObject({
      ...{ prompt: "paper", format: "list", nameClosing: "mass" },
      datasets: [{ calibration: 2 }],
    });
    expect(prepared.identity).toMatchObject({
      format: "list",
      datasets: { tools: { reported: 10, drawn: 2 } },
    });
    const fit = readStoredFit({ provenance: prepared.facts });
    expect(fit).toMatchObject({ prompt: "paper", format: "list" });
    expect(fit?.records).toHaveLength(2);
    const reported = prepared.datasets[0]?.reported.map(({ sample }) => `tools/${sample.key}`);
    expect(reported?.filter((key) => fit?.records.includes(key))).toEqual([]);
    expect(fit?.rows.filter(({ readable }) => readable > 0).map(({ format }) => format)).toEqual([
      ...["list", "xlam"],
    ]);
    expect(fit?.rows.every(({ correct }) => correct === null)).toBe(true);
  });

  it("equals a config that names the format and sets as many records aside", async () => {
    const chosen = await prepare(settle);
    const named = await prepareSweep({
      loaded: loadConfig(workspace.configPath, [
        ...["format=list", "prompt=paper", "dataset.calibration=2"],
        ...["synthesis.decoding=constrained", "synthesis.checks.stated=true"],
      ]),
      commandLine: ["run"],
    });
    expect(chosen.configHash).toBe(named.configHash);
  });

  it("stays open without an engine", async () => {
    const prepared = await prepare();
    expect(prepared.config.format).toBe("auto");
    expect(prepared.facts["prompt"]).toEqual({ style: "paper", format: "auto", hash: "auto" });
    const summary = await previewSweep(workspace.databaseUrl, prepared);
    expect(summary).toMatchObject({ prompt: "paper", format: "auto", state: "new" });
  });

  it("is chosen once per sweep: the stored choice is taken, and stays on record", async () => {
    const store = await openStore("sqlite::memory:");
    await planSweep(store, await prepare(settle));
    const before = asked;
    const fromStore: SettleFormat = async ({ sweep }) => readStoredFit(await store.getSweep(sweep));
    const again = await prepare(fromStore);
    expect((await planSweep(store, again)).state).toBe("same");
    expect(asked).toBe(before);
    // `resume` plans from the stored config, which names the format.
    const stored = await store.getSweep("trial");
    const resumed = await prepareSweep({
      loaded: { config: stored!.config, text: stored!.configText, path: null },
    });
    expect((await planSweep(store, resumed)).state).toBe("same");
    expect(readStoredFit(await store.getSweep("trial"))).toMatchObject({ format: "list" });
    await store.close();
  });

  it("fails if no answer can be read in any format", async () => {
    const mute: SettleFormat = (request) =>
      fitFormat(
        { ...request, prompt: "compact" },
        { url: server.baseUrl.replace(/\/v1$/, ""), fingerprint: FINGERPRINT },
      );
    const error = await failureOf(prepare(mute));
    expect(error.code).toBe("FORMAT_FIT_UNREADABLE");
    expect(error.message).toBe(
      "None of the model's answers to 2 records could be read, in any of 7 formats (prompt compact).",
    );
  });

  it("needs records to set aside", async () => {
    const error = await failureOf(prepare(settle, "dataset.rows=[0,1,2,3]"));
    expect(error.code).toBe("FORMAT_FIT_RECORDS");
    expect(error.message).toBe(
      "format: auto needs at least 5 records in a data set: it sets up to a fifth aside.",
    );
  });
});

describe("prompt: native", () => {
  const workspace = createWorkspace();
  const template = join(workspace.folder, "model", "chat_template.jinja");

  it("refuses a model whose template has no place for tools", async () => {
    const error = await failureOf(workspace.prepare("prompt=native"));
    expect(error.code).toBe("PROMPT_NATIVE_UNSUPPORTED");
    writeFileSync(template, "{% for message in messages %}{{ message.content }}{% endfor %}");
    const named = await failureOf(workspace.prepare("prompt=native", "format=hermes"));
    expect(named.code).toBe("PROMPT_NATIVE_UNSUPPORTED");
    expect(named.message).toBe(
      `prompt: native needs a chat template that shows tools, and that of ${join(workspace.folder, "model")} does not.`,
    );
  });

  it("takes the template's own format without a fit, and sets nothing aside", async () => {
    writeFileSync(template, "{% if tools %}<tool_call>{% endif %}");
    const prepared = await workspace.prepare("prompt=native");
    expect(prepared.config).toMatchObject({
      ...{ prompt: "native", format: "hermes", nameClosing: "mass" },
      datasets: [{ calibration: 0 }],
    });
    expect(prepared.facts).not.toHaveProperty("formatFit");
    const named = await workspace.prepare("prompt=native", "format=list");
    expect(named.config.format).toBe("list");
  });
});
