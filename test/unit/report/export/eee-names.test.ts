import { describe, expect, it } from "vitest";
import { makeUuid, nameModel, toFolder } from "../../../../report/export/eee/names.js";

describe("names of records of Every Eval Ever", () => {
  it.each([
    ["tiny", "whetstone/tiny"],
    ["hf:Qwen/Qwen2.5-1.5B-Instruct@v1", "Qwen/Qwen2.5-1.5B-Instruct"],
    ["/models/my model/", "whetstone/my-model"],
    ["/models/q4.gguf", "whetstone/q4.gguf"],
  ])("file the model %s as %s", (model, name) => {
    expect(nameModel(model)).toBe(name);
  });

  it("are portable folders", () => {
    expect(toFolder("a:b/c. ")).toBe("a-b-c");
    expect(toFolder("data")).toBe("results");
    expect(toFolder("...")).toBe("results");
  });

  it("are the same UUID of version 4 for the same parts", () => {
    const uuid = makeUuid("sweep", "base", 0);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(makeUuid("sweep", "base", 0)).toBe(uuid);
    expect(makeUuid("sweep", "base", 1)).not.toBe(uuid);
  });
});
