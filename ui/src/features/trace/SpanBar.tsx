import type { Interval } from '../../model/criticalPath';
import { fateWords } from '../../model/fates';
import { micros, text } from '../../model/format';
import { stagesOf } from '../../model/stages';
import { word, type Span, type Trace } from '../../model/trace';
import styles from './trace.module.css';

interface Props {
  span: Span;
  trace: Trace;
  path: Interval[] | undefined;
}

/** A span's time: neutral, cut into its stages; the critical path runs along its foot in the accent. */
export function SpanBar({ span, trace, path }: Props) {
  const whole = Math.max(trace.duration, 1);
  const left = ((span.start - trace.start) / whole) * 100;
  const width = (span.duration / whole) * 100;
  const stages = stagesOf(span);
  const fate = span.failed ? fateWords(span.fate ?? word(span.tags, 'error.type') ?? 'error') : undefined;
  // Beside the bar where there is room, and before it where it ends too far right.
  const farRight = left + width > 70;
  const before = farRight && left > 28;
  const inside = farRight && !before;
  const label = (
    <span
      className={styles.label}
      data-before={before || undefined}
      style={before ? { right: `${100 - left}%` } : { left: `${left + width}%` }}
    >
      {text(micros(span.duration))}
      {fate && !inside && <em>{fate}</em>}
      {span.orphan && ' · its parent is missing'}
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
      {path?.map(({ from, to }) => (
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
