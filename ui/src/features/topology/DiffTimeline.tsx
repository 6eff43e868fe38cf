import { useState } from 'react';
import type { EventGroup } from '../../components/EventMark';
import { Timeline, type Press } from '../../components/Timeline';
import time from '../../components/time.module.css';
import { useNow } from '../../components/useNow';
import { useTimeSpan } from '../../components/useTimeSpan';
import {
  aroundEvent,
  comparedTimeline,
  momentText,
  rangesOf,
  spanMs,
  type Moments,
} from '../../model/comparison';
import { clock, day } from '../../model/format';
import { timelineOf } from '../../model/timeRange';
import { comparisonUrl, go } from './useTopologyView';

type Side = 'a' | 'b';

/** How far an arrow key moves a moment: a ninetieth of the line, in whole windows. */
const STEPS = 90;
const GRAIN_MS = 10_000;

/** Both moments on the line of what was changed: dragged, moved by arrow keys, or put around a change by a click on it. */
export function DiffTimeline({ comparison }: { comparison: Moments }) {
  const page = useTimeSpan();
  const now = useNow();
  const ranges = rangesOf(comparison, now);
  const shown = ranges ? comparedTimeline(ranges, page.lookback, now) : timelineOf(page, now);
  const [drag, setDrag] = useState<{ side: Side; t: number }>();
  const length = spanMs(comparison.span);
  const at = (side: Side) => (drag?.side === side ? drag.t : (ranges?.[side].to ?? now));
  const put = (side: Side, t: number, replace = false) =>
    go.compare({ ...comparison, [side]: momentText(Math.min(t, now), now) }, replace);

  /** That of the handle which was pressed, else of the nearer one. */
  const sideOf = ({ target, t }: Press): Side => {
    const pressed = target.closest<HTMLElement>('[data-side]')?.dataset.side;
    if (pressed === 'a' || pressed === 'b') return pressed;
    return Math.abs(t - at('a')) <= Math.abs(t - at('b')) ? 'a' : 'b';
  };
  const key = (side: Side) => (event: React.KeyboardEvent) => {
    const step = Math.max(GRAIN_MS, (shown.to - shown.from) / STEPS);
    const moved = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[
      event.key
    ];
    if (moved === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    put(side, at(side) + moved * step, true);
  };

  return (
    <Timeline
      label="Timeline: the two moments, and what was changed"
      shown={shown}
      now={now}
      taken={[at('a'), at('b')]}
      named={`compared ${comparison.a} ${comparison.span} ${page.lookback}`}
      markUrl={({ events }: EventGroup) =>
        comparisonUrl(aroundEvent(events[0]?.t ?? now, comparison.span, now))
      }
      onPress={(press) => setDrag({ side: sideOf(press), t: press.t })}
      onMove={({ t }) => drag && setDrag({ ...drag, t })}
      onCancel={() => setDrag(undefined)}
      onRelease={({ t }) => {
        if (!drag) return;
        setDrag(undefined);
        put(drag.side, t);
      }}
    >
      {(x) =>
        (['a', 'b'] as const).map((side) => {
          const left = Math.max(0, x(at(side) - length));
          return (
            <span key={side}>
              <i
                className={time.span}
                data-side={side}
                style={{ left, width: Math.max(2, x(at(side)) - left) }}
              />
              <span
                className={time.handle}
                data-side={side}
                data-last={x(at(side)) > x(shown.to) - 24 || undefined}
                style={{ left: x(at(side)) }}
                role="slider"
                tabIndex={0}
                aria-label={side === 'a' ? 'A, the moment before' : 'B, the moment after'}
                aria-valuemin={Math.round(shown.from)}
                aria-valuemax={Math.round(shown.to)}
                aria-valuenow={Math.round(at(side))}
                aria-valuetext={`${day(at(side))} ${clock(at(side))}`}
                title={`${side.toUpperCase()}: the time before ${clock(at(side))}; drag it, or move it with the arrow keys`}
                onKeyDown={key(side)}
              >
                <b aria-hidden>{side.toUpperCase()}</b>
              </span>
            </span>
          );
        })
      }
    </Timeline>
  );
}
