import { byId } from "./dom.js";
import { createExplorer } from "./explorer.js";
import { followServer } from "./live.js";
import { createThemeButton } from "./theme.js";
import { createData } from "./unpack.js";

createThemeButton();
const packs = byId("packs");
const pageData = createData(packs);
const explorer = createExplorer(await pageData.readIndex(), pageData);
document.body.dataset["ready"] = "true";
if (document.body.dataset["version"] !== undefined) {
  followServer(async (page) => {
    packs.replaceChildren(...(page.getElementById("packs")?.childNodes ?? []));
    pageData.forget();
    explorer.update(await pageData.readIndex());
  });
}
