import type { MeshEvent } from '../api/events';
import type { Point } from '../api/tally';
import { isTrouble, healthOf } from './health';

/** A quiet gap of this long, or well-being of this long, ends what was wrong before. */
const CALM_MS = 60_000;

/**
 * Since when it has not been well, as of the last points: the first bad one with no calm minute after it. Undefined where
 * the end of the line is well; `before` where it was bad from its very beginning on.
 */
export function troubleSince(points: readonly Point[]): { t: number; before: boolean } | undefined {
  const asked = points.filter((point) => point.successShare !== null);
  const last = asked.at(-1);
  if (!last) return undefined;
  let since: Point | undefined;
  for (const point of asked.toReversed()) {
    if (isTrouble(healthOf(point.successShare))) since = point;
    else if ((since ?? last).t - point.t >= CALM_MS) break;
  }
  return since && { t: since.t, before: since === asked[0] };
}

/** What was changed shortly before something began, the closest first. */
export function suspects(events: readonly MeshEvent[], began: number): MeshEvent[] {
  return events
    .filter((event) => event.t <= began + 15_000 && began - event.t <= 600_000)
    .toSorted((a, b) => b.t - a.t);
}
