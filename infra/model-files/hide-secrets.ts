/** A text without the Hub's token and without user and password of URLs. */
export function hideSecrets(text: string, token = process.env["HF_TOKEN"] ?? ""): string {
  const plain = text.replace(/:\/\/[^@/\s]+@/g, "://***@");
  return token === "" ? plain : plain.replaceAll(token, "***");
}
