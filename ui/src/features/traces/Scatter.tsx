import { useMemo, useRef, useState, type PointerEvent } from 'react';
import { useWidth } from '../../components/useWidth';
import { clock, clockMillis, micros, text } from '../../model/format';
import { fateWords } from '../../model/fates';
import {
  failedLast,
  logDomain,
  logTicks,
  timeTicks,
  within,
  type Brush,
  type Mark,
} from '../../model/scatter';
import { title } from '../../model/trace';
import { openTrace } from './useSearch';
import styles from './traces.module.css';

interface Props {
  marks: readonly Mark[];
  time: { from: number; to: number };
  brush: Brush | undefined;
  hovered: string | undefined;
  onBrush: (brush: Brush | undefined) => void;
  onHover: (traceId: string | undefined) => void;
}

const HEIGHT = 196;
const PAD = { top: 12, right: 20, bottom: 24, left: 64 };

/** Every found trace by its time and, logarithmic, its duration; a dragged box narrows the table below. */
export function Scatter({ marks, time, brush, hovered, onBrush, onHover }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [box, setBox] = useState<{ x0: number; y0: number; x1: number; y1: number }>();

  const scale = useMemo(() => scales(marks, time, width), [marks, time, width]);
  const sorted = useMemo(() => failedLast(marks), [marks]);
  const pointed = hovered === undefined ? undefined : marks.find((mark) => mark.trace.id === hovered);

  const local = (event: PointerEvent) => {
    const at = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - at.left, y: event.clientY - at.top };
  };
  const finish = () => {
    if (!box) return;
    setBox(undefined);
    const [x0, x1] = [Math.min(box.x0, box.x1), Math.max(box.x0, box.x1)];
    const [y0, y1] = [Math.min(box.y0, box.y1), Math.max(box.y0, box.y1)];
    if (x1 - x0 < 5 && y1 - y0 < 5) onBrush(undefined);
    else onBrush({ from: scale.time(x0), to: scale.time(x1), low: scale.micros(y1), high: scale.micros(y0) });
  };
  const shown = box
    ? {
        x: Math.min(box.x0, box.x1),
        y: Math.min(box.y0, box.y1),
        width: Math.abs(box.x1 - box.x0),
        height: Math.abs(box.y1 - box.y0),
      }
    : brush && {
        x: scale.x(brush.from),
        y: scale.y(brush.high),
        width: scale.x(brush.to) - scale.x(brush.from),
        height: scale.y(brush.low) - scale.y(brush.high),
      };

  return (
    <div ref={frame} className={styles.scatter} data-testid="scatter">
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${marks.length} traces by time and duration; the table below lists them`}
        onPointerDown={(event) => {
          if (event.button !== 0 || (event.target as Element).closest('[data-trace]')) return;
          const { x, y } = local(event);
          event.currentTarget.setPointerCapture(event.pointerId);
          setBox({ x0: x, y0: y, x1: x, y1: y });
        }}
        onPointerMove={(event) => {
          if (!box) return;
          const { x, y } = local(event);
          setBox({ ...box, x1: x, y1: y });
        }}
        onPointerUp={finish}
        onPointerCancel={() => setBox(undefined)}
      >
        <Axes scale={scale} width={width} time={time} />
        {shown && <rect className={styles.brush} {...shown} />}
        {width > 0 &&
          sorted.map((mark) => (
            <g
              key={mark.trace.id}
              data-trace={mark.trace.id}
              data-outcome={mark.outcome}
              className={`${styles.mark} ${styles[mark.outcome] ?? ''} ${within(mark, brush) ? '' : (styles.outside ?? '')}`}
              transform={`translate(${scale.x(mark.at).toFixed(1)}, ${scale.y(mark.micros).toFixed(1)})`}
              onPointerEnter={() => onHover(mark.trace.id)}
              onPointerLeave={() => onHover(undefined)}
              onClick={() => openTrace(mark.trace.id)}
            >
              <circle r={8} className={styles.target} />
              {mark.outcome === 'served' ? <circle r={3.5} /> : <path d="M0 -5.2L5 4H-5z" />}
            </g>
          ))}
        {pointed && (
          <circle className={styles.pointed} r={8} cx={scale.x(pointed.at)} cy={scale.y(pointed.micros)} />
        )}
      </svg>
      {pointed && <Note mark={pointed} x={scale.x(pointed.at)} y={scale.y(pointed.micros)} width={width} />}
    </div>
  );
}

/** Beside the mark, never on it. */
function Note({ mark, x, y, width }: { mark: Mark; x: number; y: number; width: number }) {
  const root = mark.trace.roots[0];
  const left = x > width / 2;
  return (
    <div
      className={styles.note}
      style={{ top: Math.min(y, HEIGHT - 60), ...(left ? { right: width - x + 14 } : { left: x + 14 }) }}
    >
      <strong>{text(micros(mark.micros))}</strong> {root?.service} · {root && title(root)}
      <br />
      {clockMillis(mark.at)} · {mark.trace.spans.length} spans
      {mark.fate && ` · ${mark.outcome === 'recovered' ? 'recovered from ' : ''}${fateWords(mark.fate)}`}
    </div>
  );
}

type Scales = ReturnType<typeof scales>;

function scales(marks: readonly Mark[], time: { from: number; to: number }, width: number) {
  const inner = { width: Math.max(width - PAD.left - PAD.right, 1), height: HEIGHT - PAD.top - PAD.bottom };
  // A trace may have begun a little before the time that was asked for.
  const from = Math.min(time.from, ...marks.map((mark) => mark.at));
  const to = Math.max(time.to, from + 1);
  const domain = logDomain(marks);
  const [low, high] = [Math.log(domain[0]), Math.log(domain[1])];
  return {
    domain,
    from,
    to,
    x: (at: number) => PAD.left + ((at - from) / (to - from)) * inner.width,
    y: (us: number) => PAD.top + inner.height * (1 - (Math.log(us) - low) / (high - low)),
    time: (x: number) => from + ((x - PAD.left) / inner.width) * (to - from),
    micros: (y: number) => Math.exp(low + (1 - (y - PAD.top) / inner.height) * (high - low)),
  };
}

function Axes({ scale, width, time }: { scale: Scales; width: number; time: { from: number; to: number } }) {
  const short = time.to - time.from < 600_000;
  return (
    <g className={styles.axes}>
      {logTicks(scale.domain).map((tick) => (
        <g key={tick} transform={`translate(0, ${scale.y(tick).toFixed(1)})`}>
          <line x1={PAD.left} x2={width - PAD.right} />
          <text x={PAD.left - 8} y={4} textAnchor="end">
            {text(micros(tick)).replace(/\.0+(?=\s)/, '')}
          </text>
        </g>
      ))}
      {timeTicks(scale.from, scale.to, Math.max(2, Math.floor(width / 130))).map((tick) => (
        <text key={tick} x={scale.x(tick)} y={HEIGHT - 7} textAnchor="middle">
          {short ? clock(tick) : clock(tick).slice(0, 5)}
        </text>
      ))}
    </g>
  );
}
