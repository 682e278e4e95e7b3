/**
 * Characters that control a terminal or a line's direction, and line separators that terminals do not break at: control
 * characters except tab and newline, DEL, C1, and Unicode direction controls.
 */
const CONTROLS =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes text of a model or data file safe for a terminal: replaces each control character with a visible escape
 * (`\x1b`, `\u202e`) and keeps tabs and newlines. Idempotent.
 */
export function showControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : escapeInJson(character);
  });
}

/** Escapes the same characters in JSON with JSON's own escapes; `JSON.stringify` escapes only those below U+0020. */
export function escapeControlsInJson(json: string): string {
  return json.replace(CONTROLS, escapeInJson);
}

function escapeInJson(character: string): string {
  return `\\u${hex(character.charCodeAt(0), 4)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
