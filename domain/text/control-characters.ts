/**
 * Characters that a terminal obeys or that turn the direction of a line, and line separators that no terminal
 * breaks at: the control characters but tab and newline, DEL, C1, and Unicode's controls of direction.
 */
const CONTROLS =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text of a model or a data file as it may be put on a terminal: each control character as a visible escape (`\x1b`,
 * `\u202e`); tabs and newlines stay. Safe to repeat.
 */
export function showControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : escapeInJson(character);
  });
}

/** JSON with the same characters as JSON's own escapes: `JSON.stringify` escapes only those below U+0020. */
export function escapeControlsInJson(json: string): string {
  return json.replace(CONTROLS, escapeInJson);
}

function escapeInJson(character: string): string {
  return `\\u${hex(character.charCodeAt(0), 4)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
