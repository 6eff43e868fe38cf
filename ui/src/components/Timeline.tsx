import { useRef, type PointerEvent, type ReactNode } from 'react';
import { fetchEvents } from '../api/events';
import { useLive } from '../api/live';
import { useLiveQuery } from '../api/useLiveQuery';
import { eventMarks } from '../model/eventMarks';
import { tickWords } from '../model/format';
import { timeTicks } from '../model/scatter';
import type { Range } from '../model/timeRange';
import { EventMark, type EventGroup } from './EventMark';
import { useWidth } from './useWidth';
import styles from './time.module.css';

/** Where the line was pressed, in pixels and in time. */
export interface Press {
  x: number;
  t: number;
  target: Element;
}

interface Props {
  label: string;
  shown: Range;
  now: number;
  /** What its time is called: under the same name, its events stay while they are asked for anew. */
  named: string;
  /** Instants where something stands that a tick must not hide behind. */
  taken?: readonly number[];
  /** Where a mark leads. */
  markUrl: (group: EventGroup) => string;
  onPress: (press: Press) => void;
  onMove: (press: Press) => void;
  onRelease: (press: Press) => void;
  onCancel: () => void;
  /** What lies over it; `x` is where an instant stands, in pixels. */
  children?: (x: (t: number) => number) => ReactNode;
}

/** What a tick needs for its time, so that none reaches beyond the bar. */
const TICK_PX = 44;
const DATED_TICK_PX = 84;

/** The axis of time with what was deployed, configured and certified; what a press on it means is its user's. */
export function Timeline(props: Props) {
  const {
    label,
    shown,
    now,
    named,
    taken = [],
    markUrl,
    onPress,
    onMove,
    onRelease,
    onCancel,
    children,
  } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const { graph } = useLive();
  const length = shown.to - shown.from;
  const events = useLiveQuery({
    key: ['events', named],
    fetch: (signal) => fetchEvents(shown.from, shown.to, signal),
    everyMs: 5_000,
    enabled: graph !== undefined,
  });
  const x = (t: number) => ((t - shown.from) / length) * width;
  const press = (event: PointerEvent): Press => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const inside = Math.min(Math.max(at, 0), width);
    return { x: at, t: shown.from + (inside / Math.max(width, 1)) * length, target: event.target as Element };
  };
  const marks = eventMarks(
    (events.data ?? []).filter((event) => event.t >= shown.from && event.t <= shown.to),
    x,
    width,
  );
  const tick = tickWords(length);
  const room = tick.dated ? DATED_TICK_PX : TICK_PX;

  return (
    <div
      ref={frame}
      className={styles.bar}
      data-testid="timeline"
      role="group"
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target as Element).closest('a')) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        onPress(press(event));
      }}
      onPointerMove={(event) => onMove(press(event))}
      onPointerCancel={onCancel}
      onPointerUp={(event) => onRelease(press(event))}
    >
      {timeTicks(shown.from, shown.to, Math.max(2, width / (room + 86)))
        .filter((at) => x(at) + room <= width && !taken.some((t) => x(t) > x(at) - 10 && x(t) < x(at) + room))
        .map((at) => (
          <span key={at} className={styles.tick} style={{ left: x(at) }}>
            {tick.of(at)}
          </span>
        ))}
      {events.data && marks.length === 0 && (
        <span className={styles.none}>nothing was deployed or configured in this time</span>
      )}
      {children?.(x)}
      {marks.map((mark) => (
        <EventMark
          key={`${mark.events[0]?.t ?? 0} ${mark.events[0]?.kind ?? ''} ${mark.events[0]?.node ?? ''}`}
          mark={mark}
          right={mark.x > width / 2}
          to={markUrl({ events: mark.events, now })}
        />
      ))}
    </div>
  );
}
