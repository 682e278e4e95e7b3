import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../../../infra/repository.js";
import { listDeploymentFiles } from "./deployment-files.js";

const folders = [
  join(repositoryRoot, "engine", ".venv", "bin"),
  ...(process.env["PATH"] ?? "").split(delimiter),
];

/** Path of a program in the engine's environment or on the PATH; null if it is not installed. */
function find(program: string): string | null {
  const paths = folders.map((folder) => join(folder, program));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Programs that the set-up installs; Linux on ARM gets no shellcheck. */
const INSTALLED_BY_SETUP = ["hadolint", "check-jsonschema", "kubernetes-validate"].concat(
  process.platform === "linux" && process.arch === "arm64" ? [] : "shellcheck",
);

/**
 * Registers a test that runs a program. If the program is not installed, the test is skipped, by name; it fails if the
 * set-up should have installed the program.
 */
function itRuns(program: string, what: string, test: (path: string) => void): void {
  const path = find(program);
  if (path === null && !INSTALLED_BY_SETUP.includes(program)) {
    it.skip(`${what} (skipped: ${program} is not installed)`, () => undefined);
    return;
  }
  it(what, () => {
    if (path === null) throw new Error(`${program} is not installed; next: npm run setup`);
    test(path);
  });
}

/** Returns what the program printed. */
function expectSuccess(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    ...{ cwd: repositoryRoot, encoding: "utf8" as const },
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

function list(ending: RegExp): string[] {
  return listDeploymentFiles()
    .map(({ path }) => path)
    .filter((path) => ending.test(path));
}

describe("tools that read these files accept them", () => {
  let work = "";
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "whetstone-deployment-"));
  });
  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  const scripts = list(/\.(sh|sbatch)$/);
  itRuns("bash", "scripts: bash -n", (bash) => {
    expect(scripts.length).toBeGreaterThanOrEqual(3);
    for (const script of scripts) expectSuccess(bash, ["-n", script]);
  });

  itRuns("shellcheck", "scripts: shellcheck", (shellcheck) => {
    expectSuccess(shellcheck, scripts);
  });

  itRuns("hadolint", "images: hadolint", (hadolint) => {
    // Versions of Debian's packages come with the pinned image and its security updates.
    expectSuccess(hadolint, ["--ignore", "DL3008", ...list(/\.Dockerfile$/)]);
  });

  itRuns("check-jsonschema", "compose files: the Compose specification", (check) => {
    const files = list(/compose\/(.*host|gpu)\.yaml$/);
    expect(files).toHaveLength(3);
    expectSuccess(check, ["--builtin-schema", "vendor.compose-spec", ...files]);
  });

  itRuns("kubernetes-validate", "manifests: Kubernetes' schemas, strictly", (validate) => {
    const files = list(/kubernetes\/base\/.*\.yaml$/).filter((path) => !/kustomization/.test(path));
    const output = expectSuccess(validate, ["-k", "1.33", "--strict", "--no-warn", ...files]);
    expect(output.split("passed for resource")).toHaveLength(10);
  });

  itRuns("kubectl", "manifests: kubectl kustomize", (kubectl) => {
    for (const folder of ["base", "keda"]) {
      const built = expectSuccess(kubectl, ["kustomize", `infra/kubernetes/${folder}`]);
      expect(built.split("kind: Deployment\n")).toHaveLength(4);
      expect(built.includes("replicas:")).toBe(folder === "base");
    }
  });

  itRuns("systemd-analyze", "units: systemd-analyze verify", (analyze) => {
    // The programs that units start exist on their hosts only.
    const units = list(/\.service$/).map((path) => {
      const name = path.split("/").at(-1) ?? "";
      cpSync(join(repositoryRoot, path), join(work, name));
      const text = readFileSync(join(work, name), "utf8");
      writeFileSync(join(work, name), text.replace(/^ExecStart=\/opt\S+/m, "ExecStart=/bin/sh"));
      return join(work, name);
    });
    expect(units).toHaveLength(3);
    const output = expectSuccess(analyze, ["verify", ...units]);
    // It warns of unknown names without failing, and also of the machine's own units.
    expect(output.split("\n").filter((line) => line.includes("whetstone"))).toEqual([]);
  });
});
