import type { Figure } from "../figures/figure.js";
import type { ReportData } from "../model/report-data.js";
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
  /** Nothing more will come: the last page need not wait its turn. */
  readonly ended?: boolean;
}

/** A page that is made anew when its data has changed, but no more often than is reasonable. */
export interface LivePage {
  /** The version that `render` would give now, and the newest line. */
  state(): Promise<LiveState>;
  render(): Promise<string>;
}

/** Pause after rendering, as a multiple of what it took: a page that took 2 s is made again after 6 s. */
const PAUSE = 3;

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
    made = { version, page, nextAt: end + (end - start) * PAUSE };
    return page;
  };
  return {
    state: async () => {
      const { version, line, ended = false } = await source.look();
      const waits = !ended && made !== null && now() < made.nextAt;
      return { version: waits && made !== null ? made.version : version, line, ended };
    },
    render: async () => {
      if (making !== null) return making;
      const { version, ended = false } = await source.look();
      const isFresh =
        made !== null && (made.version === version || (!ended && now() < made.nextAt));
      if (made !== null && isFresh) return made.page;
      making = make(version).finally(() => {
        making = null;
      });
      return making;
    },
  };
}
