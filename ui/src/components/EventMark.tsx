import type { MeshEvent } from '../api/events';
import { kindWords, numberOf, type EventMark as Mark } from '../model/eventMarks';
import { clock } from '../model/format';
import { Link } from './navigation';
import styles from './time.module.css';

/** Events that stand together. */
export interface EventGroup {
  events: readonly MeshEvent[];
  now: number;
}

interface Props {
  mark: Mark;
  /** Whether its note opens to the left. */
  right: boolean;
  to: string;
}

/** Each kind has its own shape. */
const shapes: Record<string, string> = {
  deploy: 'M6 1l5 5-5 5-5-5z',
  configuration: 'M2 2h8v8H2z',
  certificate: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z',
};

const MOST_LINES = 6;

/** What was changed at one moment, in a shape; its words on demand. */
export function EventMark({ mark, right, to }: Props) {
  const [first] = mark.events;
  if (!first) return null;
  // What is seen, the number, is part of what is read out.
  const number = numberOf(mark);
  const words = `${number && `${number}: `}${kindWords(mark)} at ${clock(first.t)}: ${mark.events.map((event) => event.text).join(', ')}`;
  return (
    <Link to={to} className={styles.event} style={{ left: mark.x }} aria-label={words}>
      {mark.kinds.map((kind) => (
        <EventShape key={kind} kind={kind} />
      ))}
      {number && <b aria-hidden>{number}</b>}
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

export const EventShape = ({ kind }: { kind: string }) => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden data-kind={kind} className={styles.shape}>
    <path d={shapes[kind] ?? shapes.configuration} />
  </svg>
);
