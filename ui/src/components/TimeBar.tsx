import { useState } from 'react';
import { momentMs, timelineOf, type Range } from '../model/timeRange';
import type { EventGroup } from './EventMark';
import { url } from './navigation';
import { Timeline, type Press } from './Timeline';
import { useNow } from './useNow';
import { goTime, useTimeSpan } from './useTimeSpan';
import styles from './time.module.css';

/** A moving now does not ask a new question each second. */
const GRAIN_MS = 10_000;

/**
 * The thin line under every header: what was deployed, configured and certified, and when. A click chooses the moment
 * that ends there, a drag a range; the whole page follows.
 */
export function TimeBar() {
  const span = useTimeSpan();
  const now = useNow();
  const shown = timelineOf(span, now);
  const [drag, setDrag] = useState<{ begin: Press; end: Press }>();
  const chosen = drag ? rangeOf(drag.begin.t, drag.end.t) : span.range;
  return (
    <Timeline
      label="Timeline: what was changed, and when"
      shown={shown}
      now={now}
      named={`${span.lookback} ${span.range ? Math.floor(shown.from / GRAIN_MS) : 'live'}`}
      markUrl={aroundMark}
      onPress={(begin) => setDrag({ begin, end: begin })}
      onMove={(end) => drag && setDrag({ ...drag, end })}
      onCancel={() => setDrag(undefined)}
      onRelease={(end) => {
        if (!drag) return;
        setDrag(undefined);
        goTime.range(chosenRange(drag.begin, end, now, momentMs(span.lookback)));
      }}
    >
      {(x) =>
        chosen && (
          <i
            className={styles.chosen}
            style={{ left: x(chosen.from), width: Math.max(2, x(chosen.to) - x(chosen.from)) }}
          />
        )
      }
    </Timeline>
  );
}

const rangeOf = (a: number, b: number): Range => ({ from: Math.min(a, b), to: Math.max(a, b) });

function chosenRange(begin: Press, end: Press, now: number, moment: number): Range {
  if (Math.abs(end.x - begin.x) < 4) {
    const to = Math.min(now, end.t);
    return { from: to - moment, to };
  }
  const { from, to } = rangeOf(begin.t, end.t);
  return { from, to: Math.max(to, from + 10_000) };
}

/** A mark leads to what it concerns, around the time when it happened. */
function aroundMark({ events, now }: EventGroup): string {
  const t = events[0]?.t ?? now;
  const around = { from: (t - 300_000).toFixed(0), to: Math.min(t + 300_000, now).toFixed(0) };
  const node = events.find((event) => event.node)?.node;
  return node ? url(`/services/${node}`, around) : url('/', around);
}
