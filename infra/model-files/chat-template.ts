import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, parseJson } from "../../domain/json/scan.js";

/**
 * The chat template by which a model directory shows tools: `chat_template.jinja`, else the one in tokenizer_config.json,
 * `tool_use` before `default` if it has several. Null if there is none.
 */
export function readChatTemplate(directory: string): string | null {
  const file = join(directory, "chat_template.jinja");
  if (existsSync(file)) return readFileSync(file, "utf8");
  const settings = join(directory, "tokenizer_config.json");
  if (!existsSync(settings)) return null;
  const value = parseJson(readFileSync(settings, "utf8"))?.value;
  const source: unknown = isObject(value) ? value["chat_template"] : null;
  if (typeof source === "string") return source;
  if (!Array.isArray(source)) return null;
  const named = new Map(
    (source as readonly unknown[]).flatMap((entry): [unknown, unknown][] =>
      isObject(entry) ? [[entry["name"], entry["template"]]] : [],
    ),
  );
  const chosen = named.get("tool_use") ?? named.get("default");
  return typeof chosen === "string" ? chosen : null;
}
