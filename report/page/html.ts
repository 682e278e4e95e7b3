/** Text that is HTML already; everything else put into a template is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template may hold. Lists are joined; null and undefined are nothing. */
export type HtmlPart = string | number | Html | null | undefined | readonly HtmlPart[];

/**
 * HTML from a template: constant text as it is, values escaped, so that model text can never become
 * markup. `html` parts nest.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = texts[0] ?? "";
  parts.forEach((part, position) => {
    text += write(part) + (texts[position + 1] ?? "");
  });
  return new Html(text);
}

/** Text that is HTML already, or must not be escaped: never anything from a model or a file of data. */
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
