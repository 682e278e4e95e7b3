import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { readToolVersion, repositoryRoot } from "../../../../infra/repository.js";
import { SHUTDOWN_GRACE_TIME } from "../../../../workers/worker-context.js";
import type { Node } from "./deployment-files.js";
import {
  listDeploymentFiles,
  readDocuments,
  readResources,
  readText,
  text,
} from "./deployment-files.js";
import { listProcesses } from "./processes.js";

const files = listDeploymentFiles();
const yamlFiles = files.filter(({ path }) => path.endsWith(".yaml"));

test.each(yamlFiles)("$path parses, without duplicate keys or unknown tags", ({ path }) => {
  expect(readDocuments(path).length).toBeGreaterThan(0);
});

describe("every engine and worker", () => {
  it.each(listProcesses())("$place is probed and has time to drain", (found) => {
    const grace = Number.parseInt(SHUTDOWN_GRACE_TIME, 10);
    expect(found.probe).toBeTruthy();
    expect(found.graceSeconds).toBeGreaterThanOrEqual(found.kind === "worker" ? 3 * grace : 5);
  });
});

describe("images", () => {
  const named = files.flatMap(({ path, text }) =>
    [
      ...text.matchAll(
        /^\s*(?:FROM |(?:- )?image: (?:\$\{\w+:-)?)([\w./-]+(?::[\w.-]+)?(?:@sha256:\w+)?)/gm,
      ),
    ].map(([, image]) => ({ path, image: image ?? "" })),
  );

  it.each(named)("$image in $path is pinned", ({ image }) => {
    const version = readToolVersion();
    if (image.startsWith("whetstone-")) {
      expect([version, `${version}-cpu`]).toContain(image.split(":")[1]);
    } else expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z-]+)?$|@sha256:[\da-f]{64}$/);
  });

  it("are found in every kind of file", () => {
    expect(new Set(named.map(({ path }) => path.split("/")[1]))).toEqual(
      new Set(["docker", "compose", "kubernetes"]),
    );
  });

  it("have this version in every text that names them", () => {
    const tags = files.flatMap(({ text }) =>
      [...text.matchAll(/(?:whetstone-(?:worker|engine):|newTag: )(\d[\d.]*)/g)].map(
        ([, tag]) => tag,
      ),
    );
    expect(new Set(tags)).toEqual(new Set([readToolVersion()]));
  });

  it("of the worker hold every folder of sources", () => {
    const text = readText("infra/docker/worker.Dockerfile.dockerignore");
    const others = new Set(["docs", "engine", "examples", "models", "node_modules", "test"]);
    const folders = readdirSync(repositoryRoot, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .filter((name) => !others.has(name));
    expect(folders.filter((name) => !text.includes(`!${name}\n`))).toEqual([]);
  });
});

describe("secrets", () => {
  const isSecret = (name: string) => /PASSWORD|PWD|TOKEN|SECRET|API_KEY|DATABASE_URL/i.test(name);

  /** Every environment variable of a YAML document: name and value. */
  function* listVariables(node: unknown): Generator<readonly [string, unknown]> {
    if (typeof node !== "object" || node === null) return;
    const { name, value, valueFrom, environment } = node as Record<string, unknown>;
    if (typeof name === "string") yield [name, value ?? valueFrom];
    yield* Object.entries(environment ?? {});
    for (const child of Object.values(node)) yield* listVariables(child);
  }

  it("in YAML files are variables of the environment or references", () => {
    const found = yamlFiles.flatMap(({ path }) =>
      readDocuments(path).flatMap((document) =>
        [...listVariables(document)].filter(([name]) => isSecret(name)),
      ),
    );
    expect(found.length).toBeGreaterThanOrEqual(11);
    for (const [, value] of found) {
      if (typeof value === "string") expect(value).toMatch(/^(postgres:\/\/\w+:)?\$\{\w+/);
      else expect(value).toMatchObject({ secretKeyRef: { name: "whetstone" } });
    }
  });

  it("in other files are placeholders, generated, or variables", () => {
    const values = files.flatMap(({ text }) => [
      ...[...text.matchAll(/postgres:\/\/\w+:([^@\s]*)@/g)].map(([, value]) => value),
      ...[...text.matchAll(/(?:PASSWORD|TOKEN)=("?.)/g)].map(([, value]) => value),
    ]);
    const isHarmless = (value = "") => /^"?(\$|PASSWORD$)/.test(value);
    expect(values.length).toBeGreaterThan(4);
    expect(values.filter((value) => !isHarmless(value))).toEqual([]);
  });

  it("are not printed into a log: no script lists or traces its environment", () => {
    const scripts = files.filter(({ path }) => /\.(sbatch|sh)$/.test(path));
    const printing = /^\s*(export|declare|env|printenv|set|export -p|set -[a-z]*x[a-z]*)\s*$/m;
    expect(scripts.filter((script) => printing.test(script.text)).map(({ path }) => path)).toEqual(
      [],
    );
    expect(printing.test("umask 077\nexport\n")).toBe(true);
  });

  it("that Kubernetes reads are created by its README", () => {
    const readme = readText("infra/kubernetes/README.md");
    const keys = [...readmeKeys(readResources())];
    expect(new Set(keys)).toEqual(new Set(["database-url", "engine-token"]));
    for (const key of keys) expect(readme).toContain(`--from-literal=${key}=`);
  });

  function* readmeKeys(node: unknown): Generator<string> {
    if (typeof node !== "object" || node === null) return;
    const { secretKeyRef } = node as { secretKeyRef?: { key: string } };
    if (secretKeyRef !== undefined) yield secretKeyRef.key;
    for (const child of Object.values(node)) yield* readmeKeys(child);
  }
});

describe("Kubernetes", () => {
  const resources = readResources();
  const deployments = resources.filter(({ kind }) => text(kind) === "Deployment");

  it.each(["base", "keda"])("%s lists files that exist, and all of them", (folder) => {
    const directory = join(repositoryRoot, "infra", "kubernetes", folder);
    const [kustomization] = readDocuments(`infra/kubernetes/${folder}/kustomization.yaml`);
    const listed = [...(kustomization?.["resources"] ?? [])].map(text);
    for (const name of listed) expect(existsSync(join(directory, name))).toBe(true);
    const present = readdirSync(directory).filter((name) => name !== "kustomization.yaml");
    expect(listed.filter((name) => name.endsWith(".yaml")).sort()).toEqual(present.sort());
  });

  it("selects the pods of each deployment, and limits their disruption", () => {
    const budgets = resources.filter(({ kind }) => text(kind) === "PodDisruptionBudget");
    const select = (resource: Node) => resource["spec"]?.["selector"]?.["matchLabels"];
    expect(deployments).toHaveLength(3);
    for (const deployment of deployments) {
      const labels = deployment["spec"]?.["template"]?.["metadata"]?.["labels"];
      expect(select(deployment)).toEqual(labels);
      expect(budgets.map(select)).toContainEqual(labels);
    }
  });

  it("runs nothing as root, with capabilities or on a writable root file system", () => {
    for (const deployment of deployments) {
      const pod = deployment["spec"]?.["template"]?.["spec"];
      expect(pod?.["securityContext"]).toMatchObject({ runAsNonRoot: true });
      for (const container of [...(pod?.["initContainers"] ?? []), ...(pod?.["containers"] ?? [])])
        expect(container["securityContext"]).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
    }
  });
});
