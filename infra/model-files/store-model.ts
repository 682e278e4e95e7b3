import { isModelComplete, storedModelDirectory } from "./known.js";
import type { Report } from "./report.js";
import type { MakeFolders } from "./store-folder.js";
import { storeFolder } from "./store-folder.js";

/** The directory of a stored model, `WHETSTONE_HOME/models/<id>`, made once by `make` (see `storeFolder`). */
export async function storeModel(
  id: string,
  report: Report,
  make: (folders: MakeFolders) => Promise<void>,
): Promise<string> {
  const directory = storedModelDirectory(id);
  return storeFolder(
    { directory, title: `model ${id}`, isComplete: isModelComplete },
    report,
    make,
  );
}
