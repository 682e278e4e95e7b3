import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";
import { configInvalid } from "./problems.js";

/** A parsed config with line numbers. */
export interface ParsedYaml {
  readonly value: unknown;
  /** Line (from 1) of the value at `path`, or of the nearest value that contains it; null if unknown. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | null;
}

/** Parses YAML, including JSON. Throws `WHETSTONE_CONFIG_INVALID` with the line of each mistake. */
export function parseConfigYaml(text: string, source: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    throw configInvalid(
      `config ${source}`,
      document.errors.map((error) => {
        const { line, col } = lineCounter.linePos(error.pos[0]);
        return { path: [`line ${line}, column ${col}`], text: error.message };
      }),
    );
  }

  function lineOf(path: readonly PropertyKey[]): number | null {
    if (path.length === 0) return null;
    const parent: unknown = document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    // Use the line of the field's name, which unknown fields have too.
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last)
      : undefined;
    const node: unknown = pair?.key ?? document.getIn(path, true);
    if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line;
    return lineOf(path.slice(0, -1));
  }

  return { value: document.toJS() as unknown, lineOf };
}
