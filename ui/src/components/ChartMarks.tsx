import { Link } from './navigation';
import styles from './timeChart.module.css';

/** Where a chart's plot lies in its figure, in pixels, and what it spans. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  from: number;
  to: number;
  low: number;
  high: number;
}

export interface ChartMark {
  t: number;
  value: number;
  to: string;
  label: string;
  failed: boolean;
}

interface Props {
  frame: Frame;
  marks: readonly ChartMark[];
  events: readonly number[];
}

/** What lies over a chart: hairlines where something was changed, and single exchanges that lead to their traces. */
export function ChartMarks({ frame, marks, events }: Props) {
  const { left, top, width, height, from, to, low, high } = frame;
  const inside = (t: number) => t >= from && t <= to;
  const x = (t: number) => ((t - from) / Math.max(to - from, 1)) * width;
  const y = (value: number) =>
    height * (1 - Math.min(1, Math.max(0, (value - low) / Math.max(high - low, 1e-9))));
  return (
    <div className={styles.marks} style={{ left, top, width, height }}>
      {[...new Set(events.filter(inside).map((t) => Math.round(x(t))))].map((at) => (
        <i key={at} style={{ left: at }} />
      ))}
      {marks
        .filter((mark) => inside(mark.t))
        .map((mark) => (
          <Link
            key={`${mark.to} ${mark.t} ${mark.value}`}
            to={mark.to}
            title={mark.label}
            aria-label={mark.label}
            data-failed={mark.failed || undefined}
            style={{ left: x(mark.t), top: y(mark.value) }}
          >
            <svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden>
              {mark.failed ? <path d="M0 -5L5 4H-5z" /> : <circle r="3.6" />}
            </svg>
          </Link>
        ))}
    </div>
  );
}
