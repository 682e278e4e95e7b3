/** What a color says. */
export type Color = "good" | "bad" | "quiet";

/** A part of a line; its text may quote models and data, its color is ours. */
export interface Span {
  readonly text: string;
  readonly color?: Color;
}

/** Text to print: plain, or in parts of which some are colored. */
export type Printable = string | readonly Span[];

/** The text without its colors. */
export function plainText(printable: Printable): string {
  return typeof printable === "string" ? printable : printable.map(({ text }) => text).join("");
}
