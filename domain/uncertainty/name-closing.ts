import { DEFAULT_FORMAT } from "../formats/answer-formats.js";

/**
 * What counts after a name when H scores it (docs/method.md, section 2).
 *
 * - `mass`: that the closing character follows, whichever token it is part of.
 * - `none`: nothing; the name's own tokens alone, as the paper does.
 * - `token`: the closing character as a text of its own, tokenized with the name.
 */
export const NAME_CLOSINGS = ["mass", "none", "token"] as const;

/** One of `NAME_CLOSINGS`. */
export type NameClosing = (typeof NAME_CLOSINGS)[number];

/** What sweeps without a setting on record were scored by. It stays out of hashes and keys. */
export const UNRECORDED_NAME_CLOSING: NameClosing = "token";

/** The setting of a config that has none: mass, but for the default format, whose results are older. */
export function defaultNameClosing(format: string = DEFAULT_FORMAT): NameClosing {
  return format === DEFAULT_FORMAT ? UNRECORDED_NAME_CLOSING : "mass";
}

/** Version of how the name of a free answer is forced without its closing character. It enters hashes and keys. */
export const NAME_FORCING_VERSION = "open-1";

/**
 * Whether a forced name (argmax-name) leaves the token that closes it to the model. With `token`, the closing character
 * is a token of its own there, too.
 */
export function opensForcedNames(nameClosing: NameClosing): boolean {
  return nameClosing !== "token";
}
