import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { KnownModel } from "./known.js";
import { findKnownModel } from "./known.js";

/** What a config's `model` names. */
export type ModelReference =
  | { readonly kind: "bundled" }
  | { readonly kind: "known"; readonly model: KnownModel }
  | { readonly kind: "hub"; readonly repository: string; readonly revision: string | null }
  | { readonly kind: "gguf" | "directory"; readonly path: string };

const HUB_SCHEME = "hf:";
const HUB_PAGE = "https://huggingface.co/";

/** `ORG/NAME` or `ORG/NAME@REVISION`: one slash, and no beginning that only a path has. */
const HUB_NAME = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*(?:@[\w./-]+)?$/;

/**
 * The one spelling of a `model` that does not depend on the folder in which it was written: a name, `hf:ORG/NAME` or
 * an absolute path. A path is relative to `folder`. `ORG/NAME` that is no existing path there means the Hub.
 */
export function canonicalModel(model: string, folder: string): string {
  if (model === "tiny" || findKnownModel(model) !== undefined) return model;
  if (model.startsWith(HUB_SCHEME)) return model;
  if (model.startsWith(HUB_PAGE)) {
    return HUB_SCHEME + model.slice(HUB_PAGE.length).replace(/\/$/, "");
  }
  const path = resolve(folder, model);
  const isHubName = HUB_NAME.test(model) && !model.endsWith(".gguf");
  return isHubName && !existsSync(path) ? HUB_SCHEME + model : path;
}

/** What a canonical `model` names. */
export function readModelReference(model: string): ModelReference {
  if (model === "tiny") return { kind: "bundled" };
  const known = findKnownModel(model);
  if (known !== undefined) return { kind: "known", model: known };
  if (model.startsWith(HUB_SCHEME)) {
    const [repository = "", ...revision] = model.slice(HUB_SCHEME.length).split("@");
    return { kind: "hub", repository, revision: revision.join("@") || null };
  }
  return { kind: model.endsWith(".gguf") ? "gguf" : "directory", path: model };
}
