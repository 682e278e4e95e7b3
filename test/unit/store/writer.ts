import { openStore } from "../../../store/open-store.js";
import { makeFailure, makeResult, makeUnit } from "./fixtures.js";

/**
 * One of several processes that write to one database: `writer.ts URL ID UNITS`. Every writer
 * records every unit and step, so that all writers compete for each row, and a third of the units
 * fail first.
 */
const [url = "", id = "", units = "0"] = process.argv.slice(2);
const store = await openStore(url);
for (let row = 0; row < Number(units); row++) {
  const unit = makeUnit(row);
  await store.putUnits([unit]);
  await store.putStep({ key: `step-${row}`, kind: "score", value: id, originUnit: unit.key });
  if (row % 3 === 0) await store.putResult(makeFailure(unit, { runId: `${id}-failed` }));
  await store.putResult(makeResult(unit, { runId: id }));
}
await store.close();
