/** A response that is no answer, or none at all. */
export class NoAnswer extends Error {
  constructor(
    /** Code of the error body, or of the connection's error. */
    readonly code: string,
    /** Null: there was no response. */
    readonly status: number | null,
    /** Seconds to wait, if the response says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(code);
  }
}

/** A response's text and its header `X-Whetstone-Answer`, empty if there is none. */
export interface Reply {
  readonly text: string;
  readonly from: string;
}

/** Sends one request with a JSON body. Throws `NoAnswer`. */
export async function send(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    text = await response.text();
  } catch (error) {
    throw new NoAnswer(nameFailure(error), null);
  }
  if (response.ok) return { text, from: response.headers.get("x-whetstone-answer") ?? "" };
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  throw new NoAnswer(readCode(text), response.status, Number.isFinite(wait) ? wait : null);
}

/** The lowest cause's code, such as ECONNREFUSED. */
function nameFailure(error: unknown): string {
  let code = "CONNECTION";
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string") code = each.code;
  }
  return code;
}

function readCode(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown } };
    return typeof error?.code === "string" ? error.code : "UNREADABLE";
  } catch {
    return "UNREADABLE";
  }
}
