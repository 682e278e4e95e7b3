import type { CodeRecord } from "../../domain/errors/code-record.js";
import { CODE_GROUPS } from "../../domain/errors/codes.js";

/** The tables of docs/errors.md, one per group of codes. */
export function renderErrorCodes(): string {
  return CODE_GROUPS.map(({ title, codes }) =>
    [
      `## ${title}`,
      "",
      "| code | what happened | next step |",
      "| --- | --- | --- |",
      ...Object.entries(codes).map(renderRow),
      "",
    ].join("\n"),
  ).join("\n");
}

function renderRow([code, { meaning, next, engineCodes = [] }]: [string, CodeRecord]): string {
  const wire = engineCodes.map((name) => `\`${name}\``).join(", ");
  return `| \`${code}\` | ${meaning}${wire && `; the engine says ${wire}`} | ${next} |`;
}
