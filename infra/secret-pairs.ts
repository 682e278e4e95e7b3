/** A secret under a name that is none, as an environment variable has them: `name:secret`. */
export interface SecretPair {
  /** Empty if the pair has no colon. */
  readonly name: string;
  readonly secret: string;
}

/** Splits `name:secret` pairs, which commas, blanks or line breaks separate. */
export function splitSecretPairs(text: string): SecretPair[] {
  return text
    .split(/[\s,]+/)
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf(":");
      return { name: pair.slice(0, Math.max(at, 0)), secret: pair.slice(at + 1) };
    });
}
