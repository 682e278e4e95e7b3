import { renderErrorCodes } from "./error-codes.js";
import {
  renderAnswerFormats,
  renderArchitectures,
  renderEstimators,
  renderExporters,
  renderFormats,
  renderMethods,
} from "./registries.js";
import { replaceBlock } from "./replace-block.js";

/** A page with generated parts, and how its text is brought up to date. */
export interface GeneratedPage {
  /** Path from docs/. */
  readonly path: string;
  readonly update: (page: string) => string;
}

/** Every page that `npm run docs` writes. */
export const GENERATED_PAGES: readonly GeneratedPage[] = [
  {
    path: "errors.md",
    update: (page) => replaceBlock(page, "codes", renderErrorCodes()),
  },
  {
    path: "guides/configuration.md",
    update: (page) =>
      [
        ["methods", renderMethods()] as const,
        ["estimators", renderEstimators()] as const,
        ["formats", renderFormats()] as const,
      ].reduce((text, [name, table]) => replaceBlock(text, name, table), page),
  },
  {
    path: "guides/bring-your-own-model.md",
    update: (page) =>
      replaceBlock(
        replaceBlock(page, "answer formats", renderAnswerFormats()),
        "architectures",
        renderArchitectures(),
      ),
  },
  {
    path: "guides/commands.md",
    update: (page) => replaceBlock(page, "exports", renderExporters()),
  },
];
