import { readHubPath } from "../../../domain/config/hub-path.js";
import { sha256Hex } from "../../../domain/identity/hash.js";

/** Characters of a folder that every file system takes. */
const ODD = /[^A-Za-z0-9._-]+/g;

/**
 * A model as `ORG/NAME`, by which the database files results: that of the Hugging Face Hub, else `whetstone/NAME` with
 * the bundled or known model's name or the name of the directory or file.
 */
export function nameModel(model: string): string {
  const hub = readHubPath(model);
  if (hub !== null) return hub.repository;
  const name = model.split(/[\\/]/).findLast((part) => part !== "") ?? model;
  return `whetstone/${toFolder(name)}`;
}

/** A text as the name of a folder. */
export function toFolder(text: string): string {
  const name = text.replace(ODD, "-").replace(/^[-.]+|[-.]+$/g, "");
  return name === "" || name === "data" ? "results" : name;
}

/** A UUID (version 4) that follows from what it names, so that the same export has the same files. */
export function makeUuid(...parts: readonly (string | number)[]): string {
  const hex = sha256Hex(parts.join("\n"));
  const variant = ((parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
