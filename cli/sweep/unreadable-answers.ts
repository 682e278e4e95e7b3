import { relative } from "node:path";
import process from "node:process";
import { WhetstoneError } from "../../domain/errors/whetstone-error.js";
import { isObject } from "../../domain/json/scan.js";
import type { JsonValue } from "../../domain/json/value.js";
import { quoteWords } from "../../planning/shell-words.js";
import type { SweepRecord } from "../../store/store.js";

const PREFIX = "ANSWERS_UNREADABLE: ";

/**
 * Returns the error for a sweep that stopped because its base model's first answers could not be read; else null. The
 * hint has two commands: one runs the config with other answer settings as a new sweep, the other continues this sweep.
 */
export function describeUnreadable(sweep: SweepRecord): WhetstoneError | null {
  const { name, status, statusReason } = sweep;
  if (status !== "stopped" || statusReason?.startsWith(PREFIX) !== true) return null;
  const [suffix, setting] = suggestSetting(sweep);
  const other = runCommand(sweep, [`sweep=${name}-${suffix}`, setting]);
  const regardless = runCommand(sweep, ["run.stopOnUnreadable=false"]);
  return new WhetstoneError(`Sweep ${name} was stopped. ${statusReason.slice(PREFIX.length)}`, {
    code: "ANSWERS_UNREADABLE",
    hint: `${other} (or continue as it is: ${regardless})`,
  });
}

/** Returns a name and the setting most likely to help: a grammar for answers, else a higher token limit. */
function suggestSetting({ config }: SweepRecord): [string, string] {
  const { variants } = config;
  if (variants.some(({ inference }) => inference.decoding === "free")) {
    return ["constrained", "inference.decoding=constrained"];
  }
  const longest = Math.max(...variants.map(({ inference }) => inference.maxTokens));
  return ["longer", `inference.maxTokens=${longest * 2}`];
}

/** Builds the `run` command with the config file and overrides of this sweep's last run. */
function runCommand({ provenance }: SweepRecord, settings: readonly string[]): string {
  const invocations = Array.isArray(provenance["invocations"]) ? provenance["invocations"] : [];
  const last = (invocations as readonly JsonValue[]).findLast(
    (each) => isObject(each) && typeof each["configPath"] === "string",
  );
  const { configPath, overrides } = isObject(last) ? last : {};
  const path = typeof configPath === "string" ? shortPath(configPath) : "CONFIG";
  const names = new Set(settings.map(settingName));
  const earlier = (Array.isArray(overrides) ? (overrides as readonly JsonValue[]) : []).flatMap(
    (each) => (typeof each === "string" && !names.has(settingName(each)) ? [each] : []),
  );
  const words = [...earlier, ...settings].flatMap((setting) => ["--set", setting]);
  return `npx whetstone run ${quoteWords([path, ...words])}`;
}

/** The path relative to the working directory, if the file is below it. */
function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

function settingName(setting: string): string {
  return setting.split("=", 1)[0] ?? "";
}
