/** A point in the plane. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A segment of a contour line. */
export interface Segment {
  readonly x: number;
  readonly y: number;
  readonly x2: number;
  readonly y2: number;
  /** Contour index; 1 is the outermost. */
  readonly level: number;
}

/** Grid cells per side, and number of contours. */
const CELLS = 48;
const LEVELS = 5;

/**
 * Contour lines of the points' density: a Gaussian kernel estimate (Scott's rule) on a grid, cut at
 * equal steps by marching squares.
 */
export function findContours(points: readonly Point[]): Segment[] {
  if (points.length < 3) return [];
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [spreadX, spreadY] = [bandwidth(xs), bandwidth(ys)];
  const axisX = makeAxis(xs, 3 * spreadX);
  const axisY = makeAxis(ys, 3 * spreadY);
  const density = axisY.map((y) =>
    axisX.map((x) =>
      points.reduce(
        (sum, point) =>
          sum + Math.exp(-0.5 * (((x - point.x) / spreadX) ** 2 + ((y - point.y) / spreadY) ** 2)),
        0,
      ),
    ),
  );
  const peak = Math.max(...density.flat());
  return Array.from({ length: LEVELS }, (_, level) => level + 1).flatMap((level) =>
    cut(density, axisX, axisY, (peak * level) / (LEVELS + 1)).map((piece) => ({ ...piece, level })),
  );
}

function bandwidth(values: readonly number[]): number {
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
  return Math.max(1e-6, deviation * values.length ** (-1 / 6));
}

function makeAxis(values: readonly number[], margin: number): number[] {
  const least = Math.min(...values) - margin;
  const most = Math.max(...values) + margin;
  return Array.from({ length: CELLS + 1 }, (_, cell) => least + ((most - least) * cell) / CELLS);
}

/** Marching squares: where the density crosses a level between adjacent grid points. */
function cut(
  density: readonly (readonly number[])[],
  axisX: readonly number[],
  axisY: readonly number[],
  height: number,
): Omit<Segment, "level">[] {
  const segments: Omit<Segment, "level">[] = [];
  for (let row = 0; row < CELLS; row += 1) {
    for (let column = 0; column < CELLS; column += 1) {
      const corners = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ].map(([x = 0, y = 0]) => ({
        x: axisX[x] ?? 0,
        y: axisY[y] ?? 0,
        above: (density[y]?.[x] ?? 0) - height,
      }));
      const crossings = corners.flatMap((from, corner) => {
        const to = corners[(corner + 1) % 4] ?? from;
        if (from.above > 0 === to.above > 0) return [];
        const part = from.above / (from.above - to.above);
        return [{ x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) }];
      });
      for (let piece = 0; piece + 1 < crossings.length; piece += 2) {
        const [from, to] = [crossings[piece], crossings[piece + 1]];
        if (from !== undefined && to !== undefined) {
          segments.push({ x: from.x, y: from.y, x2: to.x, y2: to.y });
        }
      }
    }
  }
  return segments;
}
