import { useRef, useState, type PointerEvent } from 'react';
import { fetchEvents, type MeshEvent } from '../api/events';
import { useLive } from '../api/live';
import { useLiveQuery } from '../api/useLiveQuery';
import { clock } from '../model/format';
import { timeTicks } from '../model/scatter';
import { MOMENT_MS, timelineOf, type Range } from '../model/timeRange';
import { Link, url } from './navigation';
import { useNow } from './useNow';
import { goTime, useTimeSpan } from './useTimeSpan';
import { useWidth } from './useWidth';
import styles from './time.module.css';

/** What a tick needs for its time, so that none reaches beyond the bar. */
const TICK_PX = 44;

/** Rounded, so that a moving now does not ask a new question each second. */
const GRAIN_MS = 10_000;

/**
 * The thin line under every header: what was deployed, configured and certified, and when. A click chooses the minute
 * that ends there, a drag a range; the whole page follows.
 */
export function TimeBar() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const span = useTimeSpan();
  const { graph } = useLive();
  const now = useNow();
  const [drag, setDrag] = useState<{ x0: number; x1: number }>();
  const shown = timelineOf(span, now);
  const asked = { from: Math.floor(shown.from / GRAIN_MS) * GRAIN_MS, to: shown.to };
  const events = useLiveQuery({
    key: ['events', span.lookback, span.range ? asked.from : 'live'],
    fetch: (signal) => fetchEvents(asked.from, asked.to, signal),
    everyMs: 5_000,
    enabled: graph !== undefined,
  });
  const x = (t: number) => ((t - shown.from) / (shown.to - shown.from)) * width;
  const time = (at: number) =>
    shown.from + (Math.min(Math.max(at, 0), width) / width) * (shown.to - shown.from);
  const local = (event: PointerEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const chosen = drag
    ? { from: time(Math.min(drag.x0, drag.x1)), to: time(Math.max(drag.x0, drag.x1)) }
    : span.range;
  const marks = cluster(
    (events.data ?? []).filter((event) => event.t >= shown.from && event.t <= shown.to),
    (event) => x(event.t),
  );

  return (
    <div
      ref={frame}
      className={styles.bar}
      data-testid="timeline"
      role="group"
      aria-label="Timeline: what was changed, and when"
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target as Element).closest('a')) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ x0: local(event), x1: local(event) });
      }}
      onPointerMove={(event) => drag && setDrag({ ...drag, x1: local(event) })}
      onPointerCancel={() => setDrag(undefined)}
      onPointerUp={() => {
        if (!drag) return;
        setDrag(undefined);
        goTime.range(chosenRange(drag, time, now));
      }}
    >
      {chosen && (
        <i
          className={styles.chosen}
          style={{ left: x(chosen.from), width: Math.max(2, x(chosen.to) - x(chosen.from)) }}
        />
      )}
      {timeTicks(shown.from, shown.to, Math.max(2, width / 130))
        .filter((tick) => x(tick) + TICK_PX <= width)
        .map((tick) => (
          <span key={tick} className={styles.tick} style={{ left: x(tick) }}>
            {clock(tick).slice(0, 5)}
          </span>
        ))}
      {events.data && marks.length === 0 && (
        <span className={styles.none}>nothing was deployed or configured in this time</span>
      )}
      {marks.map((mark) => (
        <EventMark
          key={`${mark.kind} ${mark.events[0]?.t ?? 0} ${mark.events[0]?.node ?? ''}`}
          mark={mark}
          right={mark.x > width / 2}
          now={now}
        />
      ))}
    </div>
  );
}

function chosenRange(drag: { x0: number; x1: number }, time: (x: number) => number, now: number): Range {
  if (Math.abs(drag.x1 - drag.x0) < 4) {
    const to = Math.min(now, time(drag.x1));
    return { from: to - MOMENT_MS, to };
  }
  const from = time(Math.min(drag.x0, drag.x1));
  return { from, to: Math.max(time(Math.max(drag.x0, drag.x1)), from + 10_000) };
}

interface Mark {
  kind: string;
  x: number;
  events: MeshEvent[];
}

/** Events of one kind that would lie on each other are one mark. */
function cluster(events: readonly MeshEvent[], x: (event: MeshEvent) => number): Mark[] {
  const marks: Mark[] = [];
  for (const event of events) {
    const last = marks.findLast((mark) => mark.kind === event.kind);
    if (last && x(event) - last.x < 12) last.events.push(event);
    else marks.push({ kind: event.kind, x: x(event), events: [event] });
  }
  return marks;
}

/** Each kind has its own shape; a mark leads to what it concerns, around the time when it happened. */
const shapes: Record<string, string> = {
  deploy: 'M6 1l5 5-5 5-5-5z',
  configuration: 'M2 2h8v8H2z',
  certificate: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z',
};

const MOST_LINES = 6;

function EventMark({ mark, right, now }: { mark: Mark; right: boolean; now: number }) {
  const [first] = mark.events;
  if (!first) return null;
  const around = {
    from: (first.t - 300_000).toFixed(0),
    to: Math.min(first.t + 300_000, now).toFixed(0),
  };
  const node = mark.events.find((event) => event.node)?.node;
  const words = `${mark.kind} at ${clock(first.t)}: ${mark.events.map((event) => event.text).join(', ')}`;
  return (
    <Link
      to={node ? url(`/services/${node}`, around) : url('/', around)}
      className={styles.event}
      style={{ left: mark.x }}
      aria-label={words}
    >
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden data-kind={mark.kind}>
        <path d={shapes[mark.kind] ?? shapes.configuration} />
      </svg>
      {mark.events.length > 1 && <b aria-hidden>{mark.events.length}</b>}
      <span className={styles.note} data-right={right || undefined} aria-hidden>
        {mark.events.slice(0, MOST_LINES).map((event) => (
          <span key={`${event.t} ${event.text} ${event.instance ?? ''}`}>
            <i>{clock(event.t)}</i> {event.text}
          </span>
        ))}
        {mark.events.length > MOST_LINES && <span>and {mark.events.length - MOST_LINES} more</span>}
      </span>
    </Link>
  );
}
