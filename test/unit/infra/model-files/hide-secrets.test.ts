import { expect, it } from "vitest";
import { hideSecrets } from "../../../../infra/model-files/hide-secrets.js";

it("hides the token and credentials of URLs, and nothing else", () => {
  const text = "GET https://me:secret@index.example/simple with hf_abc failed at a@b.c";
  expect(hideSecrets(text, "hf_abc")).toBe(
    "GET https://***@index.example/simple with *** failed at a@b.c",
  );
  expect(hideSecrets(text, "")).toContain("with hf_abc failed");
});
