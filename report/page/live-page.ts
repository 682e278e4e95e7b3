import type { Figure } from "../figures/figure.js";
import type { ReportData } from "../report-data.js";
import type { PageOptions } from "./render-page.js";
import { renderPage } from "./render-page.js";

/** Where a live page's data comes from. */
export interface LiveSource {
  /** Cheap: changes whenever the data does, and one line for people. */
  readonly look: () => Promise<LiveState>;
  readonly load: () => Promise<ReportData>;
  readonly drawFigures: (data: ReportData) => Promise<readonly Figure[]>;
}

/** Where the sweep stands. */
export interface LiveState {
  readonly version: string;
  readonly line: string;
}

/** A page that is made anew when its data has changed, but no more often than is reasonable. */
export interface LivePage {
  /** The version that `render` would give now, and the newest line. */
  state(): Promise<LiveState>;
  render(): Promise<string>;
}

/** Rendering may take this share of the time: a page that took 1 s is made again after 10 s. */
const BUSY_SHARE = 0.1;

/** Makes the page of a source that changes. `now` is a clock in milliseconds. */
export function createLivePage(
  source: LiveSource,
  options: Pick<PageOptions, "temporalUiUrl" | "namespace">,
  now: () => number = () => performance.now(),
): LivePage {
  let made: { version: string; page: string; nextAt: number } | null = null;
  let making: Promise<string> | null = null;

  const make = async (version: string): Promise<string> => {
    const start = now();
    const data = await source.load();
    const figures = await source.drawFigures(data);
    const page = renderPage(data, { ...options, figures, live: { version } });
    const end = now();
    made = { version, page, nextAt: end + (end - start) / BUSY_SHARE };
    return page;
  };
  return {
    state: async () => {
      const { version, line } = await source.look();
      return { version: made !== null && now() < made.nextAt ? made.version : version, line };
    },
    render: async () => {
      if (making !== null) return making;
      const { version } = await source.look();
      if (made !== null && (made.version === version || now() < made.nextAt)) return made.page;
      making = make(version).finally(() => {
        making = null;
      });
      return making;
    },
  };
}
