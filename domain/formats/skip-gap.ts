/** The first position at or after `from` that holds no white space, comma, semicolon or code fence. */
export function skipGap(text: string, from: number): number {
  let position = from;
  for (;;) {
    if (/^[\s,;]/.test(text.charAt(position))) position += 1;
    else if (text.startsWith("```json", position)) position += 7;
    else if (text.startsWith("```", position)) position += 3;
    else return position;
  }
}
