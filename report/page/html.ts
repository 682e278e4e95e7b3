/** Text that is already HTML; any other value put into a template is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** Values that a template accepts. Lists are joined; null and undefined render as nothing. */
export type HtmlPart = string | number | Html | null | undefined | readonly HtmlPart[];

/**
 * HTML from a template literal: constant parts stay as they are and values are escaped, so that
 * model text can never become markup. `html` parts nest.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = texts[0] ?? "";
  parts.forEach((part, position) => {
    text += write(part) + (texts[position + 1] ?? "");
  });
  return new Html(text);
}

/** Marks text as HTML that must not be escaped. Never pass text from a model or a data file. */
export function raw(text: string): Html {
  return new Html(text);
}

/** Escapes text for element content and quoted attributes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function write(part: HtmlPart): string {
  if (part === null || part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return part.map(write).join("");
}
