import type { Color, Printable } from "../../domain/text/span.js";

/** Green, red and dim. */
const CODES: Readonly<Record<Color, number>> = { good: 32, bad: 31, quiet: 2 };

/** Whether to color what goes to this stream: not into a pipe, not if NO_COLOR is set. */
export function usesColor(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const { NO_COLOR: off = "", TERM: terminal } = environment;
  return stream.isTTY === true && off === "" && terminal !== "dumb";
}

/** Joins the parts; `clean` makes each text safe before its color is added. */
export function paint(
  printable: Printable,
  isColored: boolean,
  clean: (text: string) => string,
): string {
  if (typeof printable === "string") return clean(printable);
  return printable
    .map(({ text, color }) => {
      const safe = clean(text);
      return color === undefined || !isColored ? safe : `\u001b[${CODES[color]}m${safe}\u001b[0m`;
    })
    .join("");
}
