import { joined, type Interval } from '../../model/criticalPath';
import { fateWords } from '../../model/fates';
import { micros, text } from '../../model/format';
import { stagesOf } from '../../model/stages';
import { failure, refusal, type Span, type Trace } from '../../model/trace';
import styles from './trace.module.css';

interface Props {
  span: Span;
  trace: Trace;
  path: Interval[] | undefined;
  laneWidth: number;
}

/** Of the label's 12 px type, and the room that the lane leaves at its right. */
const CHARACTER = 6.6;
const LABEL_PADDING = 18;
const TAIL = 76;

/** A span's time: neutral, cut into its stages; the critical path runs along its foot in the accent. */
export function SpanBar({ span, trace, path, laneWidth }: Props) {
  const whole = Math.max(trace.duration, 1);
  const left = ((span.start - trace.start) / whole) * 100;
  const width = (span.duration / whole) * 100;
  const stages = stagesOf(span);
  // A loop of thousands of calls cuts its own time into as many pieces; what lies within a pixel is one.
  const shown = joined(path ?? [], whole / Math.max(laneWidth, 1));
  const duration = text(micros(span.duration));
  const fate = span.failed ? fateWords(failure(span)) : undefined;
  const note = [refusal(span), span.orphan ? 'its parent is missing' : undefined].filter(Boolean).join(' · ');
  const pixels =
    LABEL_PADDING + CHARACTER * (duration.length + (fate?.length ?? 0) + note.length + (fate ? 2 : 0));
  // After the bar, or before it where it ends too far right; where neither has room, the fate stands on the bar itself,
  // and where that is too short for it, as on a phone, in the duration's place: never on the names at the left.
  const barEnd = ((left + width) / 100) * laneWidth;
  const fatePixels = LABEL_PADDING + CHARACTER * (fate?.length ?? 0);
  const after = barEnd + pixels <= laneWidth + TAIL;
  const before = !after && (left / 100) * laneWidth >= pixels;
  const inside = !after && !before && barEnd >= fatePixels;
  const alone = fate !== undefined && !after && !before && !inside;
  const label = (
    <span
      className={styles.label}
      data-before={before || undefined}
      style={before ? { right: `${100 - left}%` } : { left: `${left + width}%` }}
    >
      {!alone && duration}
      {!alone && note && ` · ${note}`}
      {fate && !inside && <em>{fate}</em>}
    </span>
  );
  return (
    <div className={styles.lane}>
      <div
        className={`${styles.bar} ${span.failed ? styles.failed : ''} ${span.orphan ? styles.orphan : ''}`}
        style={{ left: `${left}%`, width: `max(2px, ${width}%)` }}
      >
        {stages.map((stage) => (
          <i
            key={stage.name}
            data-stage={stage.name}
            title={`${stage.words}: ${text(micros(stage.micros))}`}
            style={{ left: `${percent(stage.from, span)}%`, width: `${percent(stage.micros, span)}%` }}
          />
        ))}
      </div>
      {shown.map(({ from, to }) => (
        <i
          key={from}
          className={styles.critical}
          style={{
            left: `${((from - trace.start) / whole) * 100}%`,
            width: `max(2px, ${((to - from) / whole) * 100}%)`,
          }}
        />
      ))}
      {label}
      {fate && inside && (
        <span className={styles.chip} style={{ right: `${100 - left - width}%` }}>
          {fate}
        </span>
      )}
    </div>
  );
}

const percent = (us: number, span: Span) => Math.min(100, (us / Math.max(span.duration, 1)) * 100);
