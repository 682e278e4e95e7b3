/**
 * The page with new text between `<!-- generated NAME: npm run docs -->` and `<!-- end of NAME -->`, which stay. Throws
 * if the page does not have both.
 */
export function replaceBlock(page: string, name: string, text: string): string {
  const begin = `<!-- generated ${name}: npm run docs -->\n`;
  const end = `<!-- end of ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the page has no block of generated ${name}`);
  return page.slice(0, from + begin.length) + `\n${text}\n` + page.slice(to);
}
