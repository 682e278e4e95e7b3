import {
  listDeploymentFiles,
  readDocuments,
  readResources,
  readText,
  text as toText,
} from "./deployment-files.js";

/** An engine or a worker that a file starts. */
export interface DeployedProcess {
  /** The file, and the service or container in it. */
  readonly place: string;
  /** `worker ...` or the engine's flags; variables of the file stand as they are. */
  readonly arguments: readonly string[];
  readonly kind: "worker" | "engine";
  /** What is asked whether it lives: a field of the file, or null. */
  readonly probe: unknown;
  /** Seconds between SIGTERM and SIGKILL; null if the file does not say. */
  readonly graceSeconds: number | null;
}

/** Every engine and worker in compose files, Kubernetes manifests and systemd units. */
export function listProcesses(): readonly DeployedProcess[] {
  return [...fromCompose(), ...fromKubernetes(), ...fromSystemd()];
}

const strings = (value: unknown): string[] => (value ?? []) as string[];

function fromCompose(): DeployedProcess[] {
  return ["control-host", "engine-host"].flatMap((name) => {
    const path = `infra/compose/${name}.yaml`;
    const services = Object.entries(readDocuments(path)[0]?.["services"] ?? {});
    return services.flatMap(([service, definition]) => {
      const image = /whetstone-(worker|engine)/.exec(toText(definition?.["image"]));
      if (image === null) return [];
      const kind = image[1] as "worker" | "engine";
      const health = /^HEALTHCHECK .*$/m.exec(readText(`infra/docker/${kind}.Dockerfile`));
      return {
        ...{ place: `${path}: ${service}`, kind, arguments: strings(definition?.["command"]) },
        probe: health?.[0] ?? null,
        graceSeconds: seconds(toText(definition?.["stop_grace_period"])),
      };
    });
  });
}

function fromKubernetes(): DeployedProcess[] {
  return readResources()
    .filter((resource) => toText(resource["kind"]) === "Deployment")
    .flatMap((deployment) => {
      const pod = deployment["spec"]?.["template"]?.["spec"];
      return [...(pod?.["initContainers"] ?? []), ...(pod?.["containers"] ?? [])].map(
        (container) => ({
          place: `${toText(deployment["metadata"]?.["name"])}: ${toText(container["name"])}`,
          kind: toText(container["name"]) as "worker" | "engine",
          arguments: strings(container["args"]),
          probe: container["startupProbe"] && container["livenessProbe"],
          graceSeconds: Number(pod?.["terminationGracePeriodSeconds"]),
        }),
      );
    });
}

function fromSystemd(): DeployedProcess[] {
  return listDeploymentFiles()
    .filter(({ path }) => path.endsWith(".service"))
    .map(({ path, text }) => {
      const command = /^ExecStart=(.*)$/m.exec(text)?.[1] ?? "";
      const start = /(?:whetstone\.mjs|-m whetstone_engine) (.*)/.exec(command)?.[1] ?? "";
      return {
        ...{ place: path, arguments: start.split(" ") },
        kind: command.includes("whetstone_engine") ? "engine" : "worker",
        probe: /^Restart=on-failure$/m.exec(text)?.[0] ?? null,
        graceSeconds: seconds(`${/^TimeoutStopSec=(.*)$/m.exec(text)?.[1] ?? ""}s`),
      };
    });
}

function seconds(duration: string): number | null {
  const match = /^(\d+)s$/.exec(duration);
  return match === null ? null : Number(match[1]);
}
