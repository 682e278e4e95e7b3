import type { Figure } from "../figures/figure.js";
import type { ReportData } from "../model/report-data.js";
import type { PageOptions } from "./render-page.js";
import { renderPage } from "./render-page.js";

/** Data source of a live page. */
export interface LiveSource {
  /** Cheap to call: a version that changes with the data, and a one-line status. */
  readonly look: () => Promise<LiveState>;
  readonly load: () => Promise<ReportData>;
  readonly drawFigures: (data: ReportData) => Promise<readonly Figure[]>;
}

/** Status of the sweep. */
export interface LiveState {
  readonly version: string;
  readonly line: string;
  /** The sweep has ended, so the last page is rendered without delay. */
  readonly ended?: boolean;
}

/** A page that is rendered again when its data changes, at a limited rate. */
export interface LivePage {
  /** The version that `render` would return now, and the latest status line. */
  state(): Promise<LiveState>;
  render(): Promise<string>;
}

/**
 * Pause after rendering, as a multiple of the rendering time: a page that took 2 s is rendered
 * again after 6 s.
 */
const PAUSE = 3;

/** Creates the live page of a source. `now` is a clock in milliseconds. */
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
    const pieces: string[] = [];
    for await (const piece of renderPage(data, { ...options, figures, live: { version } })) {
      pieces.push(piece);
    }
    const page = pieces.join("");
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
