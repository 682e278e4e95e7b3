// Runs every test of the project, part by part, and ends with one summary line: `N passed, M
// failed`. With --with-checks, also runs format, lint and type checks of both languages.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const engine = join(root, "engine");
const python = join(engine, ".venv", "bin", "python");
const bin = (name) => join(root, "node_modules", ".bin", name);

const checks = [
  { name: "format", command: bin("prettier"), args: ["--check", "--log-level=warn", "."] },
  { name: "lint", command: bin("eslint"), args: ["."] },
  { name: "circles", command: "npm", args: ["run", "--silent", "lint:circles"] },
  { name: "unused", command: bin("knip"), args: [] },
  { name: "types", command: bin("tsc"), args: ["-p", "tsconfig.json", "--noEmit"] },
  { name: "page types", command: bin("tsc"), args: ["-p", "report/page/browser", "--noEmit"] },
  {
    name: "example page types",
    command: bin("tsc"),
    args: ["-p", "examples/assistant/page", "--noEmit"],
  },
  {
    name: "Python format",
    command: python,
    args: ["-m", "ruff", "format", "--check", "."],
    cwd: engine,
  },
  { name: "Python lint", command: python, args: ["-m", "ruff", "check", "."], cwd: engine },
  { name: "Python types", command: python, args: ["-m", "mypy"], cwd: engine },
];
const vitestProjects = ["unit", "workflow", "browser", "e2e"];

/** Runs a command and shows its output; true if it succeeds. */
function run({ command, args, cwd = root }) {
  const result = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (result.error !== undefined) process.stdout.write(`${String(result.error)}\n`);
  return result.status === 0;
}

function runCheck(check) {
  return run(check) ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

function runVitest(project, folder) {
  const file = join(folder, `${project}.json`);
  const ok = run({
    command: bin("vitest"),
    args: [
      ...["run", "--project", project, "--passWithNoTests"],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    ],
  });
  return countParts(ok, () => {
    const report = JSON.parse(readFileSync(file, "utf8"));
    // A file that cannot be loaded has no tests, but counts as a failure.
    const unloadable = report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
    ).length;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + unloadable,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  });
}

function runPytest(folder) {
  const file = join(folder, "pytest.xml");
  const ok = run({
    command: python,
    args: [
      ...["-m", "pytest", "-q", "-c", "pyproject.toml", "--rootdir=.", `--junitxml=${file}`],
      ...["tests", join("..", "models", "tiny", "recipe")],
    ],
    cwd: engine,
  });
  return countParts(ok, () => {
    const suite = /<testsuite [^>]*>/.exec(readFileSync(file, "utf8"))?.[0] ?? "";
    const read = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = read("failures") + read("errors");
    const skipped = read("skipped");
    return { passed: read("tests") - failed - skipped, failed, skipped };
  });
}

/** A run that fails without a failed test (a crash, an unhandled error) is one failure. */
function countParts(ok, read) {
  let counts;
  try {
    counts = read();
  } catch {
    counts = { passed: 0, failed: 0, skipped: 0 };
  }
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

const folder = mkdtempSync(join(tmpdir(), "whetstone-test-"));
const parts = [
  ...(process.argv.includes("--with-checks")
    ? checks.map((check) => ({ name: check.name, run: () => runCheck(check) }))
    : []),
  ...vitestProjects.map((project) => ({ name: project, run: () => runVitest(project, folder) })),
  { name: "engine", run: () => runPytest(folder) },
];
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const part of parts) {
  const begin = performance.now();
  process.stdout.write(`\n== ${part.name}\n`);
  const counts = part.run();
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  lines.push(`${part.name.padEnd(14)} ${describe(counts)} (${seconds} s)`);
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`\n${lines.join("\n")}\n${describe(total)}\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
