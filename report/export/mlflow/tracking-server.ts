import { z } from "zod";
import { WhetstoneError } from "../../../domain/errors/whetstone-error.js";
import { hideUrlSecrets, readAddress, splitCredentials } from "../service/address.js";
import { sendRequest } from "../service/send-request.js";

const TIMEOUT_MS = 60_000;
const ADDRESS = "MLFLOW_TRACKING_URI";

const runShape = z.object({
  info: z.object({ run_id: z.string(), artifact_uri: z.string().nullish() }),
});
const experimentShape = z.object({ experiment_id: z.string() });

/** A run on the server. */
export interface TrackedRun {
  readonly id: string;
  /** Where its artifacts are. */
  readonly artifactUri: string;
}

/** A tag, a parameter, or a value by name. */
interface NamedText {
  readonly key: string;
  readonly value: string;
}

/** A metric of a run. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** What a run gets at once. */
interface RunBatch {
  readonly metrics: readonly Metric[];
  readonly params: readonly NamedText[];
  readonly tags: readonly NamedText[];
}

/** The most metrics, parameters and tags that one call takes. */
const LIMITS = { metrics: 1_000, params: 100, tags: 100 } as const;

/** An MLflow tracking server by its REST API. Methods throw `EXPORT_SERVICE_REFUSED`, `EXPORT_SERVICE_UNREACHABLE`. */
export class TrackingServer {
  /** Without secrets. */
  readonly address: string;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  /**
   * `address` counts as MLFLOW_TRACKING_URI; MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD, come from
   * the environment alone. Throws `USAGE`, `SETTING_INVALID`.
   */
  constructor(env: Readonly<Record<string, string | undefined>>, address?: string) {
    const given = readAddress(address ?? env[ADDRESS], ADDRESS, "mlflow");
    const { address: base, headers } = splitCredentials(given);
    this.#base = base;
    this.#headers = { ...headers, ...readCredentials(env) };
    this.address = hideUrlSecrets(base);
  }

  /** The id of the experiment with this name, which is created if there is none. */
  async provideExperiment(name: string): Promise<string> {
    const query = new URLSearchParams({ experiment_name: name });
    const found = await this.#call(
      "GET",
      `experiments/get-by-name?${query.toString()}`,
      undefined,
      [404],
    );
    const known = z.object({ experiment: experimentShape }).safeParse(found);
    if (known.success) return known.data.experiment.experiment_id;
    const created = await this.#call("POST", "experiments/create", { name });
    return this.#read(experimentShape, created).experiment_id;
  }

  /** The run whose tag `key` has this value; null if there is none. */
  async findRun(experiment: string, key: string, value: string): Promise<TrackedRun | null> {
    const found = await this.#call("POST", "runs/search", {
      experiment_ids: [experiment],
      filter: `tags.\`${key}\` = '${value}'`,
      max_results: 1,
    });
    const [run] = this.#read(z.object({ runs: z.array(runShape).optional() }), found).runs ?? [];
    return run === undefined ? null : toRun(run);
  }

  /** Creates a run with tags; `start` is in milliseconds since 1970. */
  async createRun(
    experiment: string,
    name: string,
    start: number,
    tags: readonly NamedText[],
  ): Promise<TrackedRun> {
    const created = await this.#call("POST", "runs/create", {
      experiment_id: experiment,
      run_name: name,
      start_time: start,
      tags,
    });
    return toRun(this.#read(z.object({ run: runShape }), created).run);
  }

  /** Adds metrics, parameters and tags to a run, in as many calls as their number needs. */
  async logBatch({ id }: TrackedRun, batch: RunBatch): Promise<void> {
    const calls = Math.max(
      batch.metrics.length / LIMITS.metrics,
      batch.params.length / LIMITS.params,
      batch.tags.length / LIMITS.tags,
    );
    for (let call = 0; call < calls; call += 1) {
      const take = <Item>(items: readonly Item[], limit: number) =>
        items.slice(call * limit, (call + 1) * limit);
      await this.#call("POST", "runs/log-batch", {
        run_id: id,
        metrics: take(batch.metrics, LIMITS.metrics),
        params: take(batch.params, LIMITS.params),
        tags: take(batch.tags, LIMITS.tags),
      });
    }
  }

  /** Sets a run's status; `end`, in milliseconds since 1970, is for a run that has ended. */
  async setStatus({ id }: TrackedRun, status: string, end: number | null): Promise<void> {
    const ended = end === null ? {} : { end_time: end };
    await this.#call("POST", "runs/update", { run_id: id, status, ...ended });
  }

  /** Uploads a file through the server; false if the run's artifacts are elsewhere (S3, a disk). */
  async uploadArtifact(
    run: TrackedRun,
    path: string,
    content: string | { readonly file: string },
  ): Promise<boolean> {
    const match = /^mlflow-artifacts:\/(?:\/[^/]*\/)?(.*)$/.exec(run.artifactUri);
    if (match === null) return false;
    await sendRequest({
      method: "PUT",
      url: `${this.#base}/api/2.0/mlflow-artifacts/artifacts/${match[1] ?? ""}/${path}`,
      headers: { ...this.#headers, "content-type": "application/octet-stream" },
      body: content,
      timeoutMs: TIMEOUT_MS,
    });
    return true;
  }

  async #call(
    method: "GET" | "POST",
    path: string,
    body?: object,
    expected: readonly number[] = [],
  ): Promise<unknown> {
    const { text } = await sendRequest(
      {
        method,
        url: `${this.#base}/api/2.0/mlflow/${path}`,
        headers: { ...this.#headers, "content-type": "application/json" },
        timeoutMs: TIMEOUT_MS,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      expected,
    );
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.#notMlflow();
    }
  }

  #read<T>(shape: z.ZodType<T>, value: unknown): T {
    const read = shape.safeParse(value);
    if (read.success) return read.data;
    throw this.#notMlflow();
  }

  #notMlflow(): WhetstoneError {
    return new WhetstoneError(`${this.address} does not answer as an MLflow tracking server.`, {
      code: "EXPORT_SERVICE_REFUSED",
      hint: `check --to and ${ADDRESS}: the address that the MLflow page has in a browser`,
    });
  }
}

function toRun({ info }: z.infer<typeof runShape>): TrackedRun {
  return { id: info.run_id, artifactUri: info.artifact_uri ?? "" };
}

function readCredentials(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const token = env["MLFLOW_TRACKING_TOKEN"];
  if (token) return { authorization: `Bearer ${token}` };
  const user = env["MLFLOW_TRACKING_USERNAME"];
  if (!user) return {};
  const pair = `${user}:${env["MLFLOW_TRACKING_PASSWORD"] ?? ""}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}
