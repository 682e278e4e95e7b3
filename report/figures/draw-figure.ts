import type { TopLevelSpec } from "vega-lite";
import { compile } from "vega-lite";
import { parse, resetSVGDefIds, View } from "vega";
import type { JsonObject } from "../../domain/json/value.js";
import type { Figure } from "./figure.js";
import { THEME } from "./theme.js";

/** A figure before drawing: its specification without schema and settings. */
export interface FigureDraft {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly spec: JsonObject;
}

type CompileOptions = NonNullable<Parameters<typeof compile>[1]>;

/**
 * Draws a figure without a browser. Text widths are estimated, not measured with installed fonts,
 * so the same draft gives the same bytes on every machine.
 */
export async function drawFigure(draft: FigureDraft): Promise<Figure> {
  const spec: JsonObject = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: draft.caption,
    padding: 4,
    config: THEME,
    ...draft.spec,
  };
  const compiled = compile(spec as unknown as TopLevelSpec, { logger: quiet });
  resetSVGDefIds();
  const view = new View(parse(compiled.spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return { ...draft, spec, svg: nameDefinitions(svg, draft.id) };
}

/** Several figures share a page, so each figure's definitions need their own ids. */
function nameDefinitions(svg: string, id: string): string {
  return svg
    .replaceAll(/\bid="((?:clip|gradient|pattern)[^"]*)"/g, `id="${id}-$1"`)
    .replaceAll(/url\(#((?:clip|gradient|pattern)[^)]*)\)/g, `url(#${id}-$1)`);
}

/** Vega-Lite's warnings are for authors of specifications; errors are thrown. */
const quiet: NonNullable<CompileOptions["logger"]> = {
  level: () => quiet,
  error: (...words: readonly unknown[]) => {
    throw new Error(words.map(String).join(" "));
  },
  warn: () => quiet,
  info: () => quiet,
  debug: () => quiet,
};
