import { spawnSync } from "node:child_process";
import { expect, it, test } from "vitest";
import { createMeters } from "../../../../workers/metrics/meters.js";
import {
  listAlertExpressions,
  listDashboards,
  listPanelExpressions,
  prometheusFolder,
  readDashboard,
} from "./prometheus-files.js";

const promtool = spawnSync("promtool", ["--version"]).error === undefined;

/** Runs promtool, which knows configuration and rules. */
function check(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("promtool", words, {
    ...{ cwd: prometheusFolder, encoding: "utf8" as const },
  });
  return `${status} ${stdout}${stderr}`;
}

const skipped = promtool ? "" : " (skipped: promtool is not installed; apt-get install prometheus)";

it.skipIf(!promtool)(`promtool accepts configuration and alerts${skipped}`, () => {
  expect(check("check", "config", "--syntax-only", "prometheus.yaml")).toMatch(/^0 /);
  expect(check("check", "rules", "alerts.yaml")).toMatch(/^0 [^]*SUCCESS: 6 rules found/);
});

test("dashboards have ids of their own, and panels too", () => {
  const boards = listDashboards().map(readDashboard);
  expect(boards.map(({ title }) => title).sort()).toEqual([
    "Is a GPU idle?",
    "Is the sweep healthy?",
    "Where does the time go?",
  ]);
  expect(new Set(boards.map(({ uid }) => uid)).size).toBe(3);
  for (const { panels } of boards) {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  }
});

test("dashboards and alerts name every metric of ours, and no other", () => {
  const created: string[] = [];
  const create = (name: string) => {
    created.push(name);
    return {};
  };
  const meter = { createCounter: create, createGauge: create, createHistogram: create };
  createMeters(meter as never);
  const named = [...listPanelExpressions(), ...listAlertExpressions()].flatMap(({ expression }) =>
    [...expression.matchAll(/\bwhetstone_(?!engine_)\w+?(?=(?:_bucket|_sum|_count)?\b)/g)].map(
      ([name]) => name,
    ),
  );
  expect([...new Set(named)].sort()).toEqual([...created].sort());
});
