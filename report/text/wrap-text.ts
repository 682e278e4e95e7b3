/** Breaks a line between words so that its parts fit `width` (null: no limit); parts after the first are indented. */
export function wrapText(line: string, width: number | null): string[] {
  if (width === null) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && `${current} ${word}`.length > width) {
      lines.push(current);
      current = `  ${word}`;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
