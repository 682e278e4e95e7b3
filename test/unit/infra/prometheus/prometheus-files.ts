import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../../../../infra/repository.js";

/** Folder of the configuration, alerts and dashboards. */
export const prometheusFolder = join(repositoryRoot, "infra", "prometheus");

/** An expression of a dashboard or an alert, and where it stands. */
export interface Expression {
  readonly place: string;
  readonly expression: string;
}

/** Names of the dashboards' files. */
export function listDashboards(): readonly string[] {
  return readdirSync(join(prometheusFolder, "dashboards"));
}

/** The parts of a dashboard that tests read. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

/** Reads a dashboard. */
export function readDashboard(file: string): Dashboard {
  return JSON.parse(readFileSync(join(prometheusFolder, "dashboards", file), "utf8")) as Dashboard;
}

/** Every expression of every dashboard. */
export function listPanelExpressions(): readonly Expression[] {
  return listDashboards().flatMap((file) =>
    readDashboard(file).panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ place: `${file}: ${title}`, expression: expr })),
    ),
  );
}

/** Every expression of the alerts. */
export function listAlertExpressions(): readonly Expression[] {
  const text = readFileSync(join(prometheusFolder, "alerts.yaml"), "utf8");
  const { groups } = parse(text) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  return groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => ({ place: alert, expression: expr })),
  );
}
