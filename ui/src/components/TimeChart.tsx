import { useEffect, useMemo, useRef, useState } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { instantWords, text, tickWords, type Figure } from '../model/format';
import type { Range } from '../model/timeRange';
import { ChartMarks, type ChartMark, type Frame } from './ChartMarks';
import { useTheme } from './theme';
import styles from './timeChart.module.css';

export interface Line {
  label: string;
  values: readonly (number | null)[];
}

export type TimeRange = Range;

interface Props {
  title: string;
  /** Unix milliseconds, ascending. */
  times: readonly number[];
  /** Drawn from the palest to the strongest; the last is the one the eye should rest on. */
  lines: readonly Line[];
  format: (value: number | null) => Figure;
  /** The ends of the scale for what was measured; from zero to a little above the largest where not given. */
  bounds?: (low: number, high: number) => [number, number];
  /** Charts of one key share their cursor. */
  sync: string;
  range: TimeRange;
  /** The lowest chart of a stack carries the time. */
  withTime?: boolean;
  filled?: boolean;
  onBrush?: (range: TimeRange) => void;
  /** Single things that lie on it and lead somewhere. */
  marks?: readonly ChartMark[];
  /** When something was changed: a hairline each. */
  events?: readonly number[];
  tall?: boolean;
}

/** The accent at 100, 70, 45 and 25 %: series are told apart by strength and by their label, never by hue. */
const ramp = ['ff', 'b3', '73', '40'];

/** One measure over time, with its figures at the cursor, or the newest ones, in its title line. */
export function TimeChart(props: Props) {
  const { title, times, lines, format, sync, range, withTime = false, marks, events, tall = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(null);
  const theme = useTheme();
  const [cursor, setCursor] = useState<number | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  const [frame, setFrame] = useState<Frame>();
  const height = (withTime ? 98 : 78) + (tall ? 50 : 0);
  const labels = lines.map((line) => line.label).join('\n');
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot = new UPlot(
      optionsOf(
        element,
        height,
        sync,
        () => latest.current,
        setCursor,
        (next) => setFrame((last) => (last && sameFrame(last, next) ? last : next)),
      ),
      dataOf(latest.current),
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [theme, labels, height, sync]);

  const data = useMemo(() => dataOf({ times, lines }), [times, lines]);
  useEffect(() => {
    const plot = chart.current;
    if (!plot) return;
    plot.batch(() => {
      plot.setData(data, false);
      plot.setScale('x', { min: range.from / 1000, max: range.to / 1000 });
    });
  }, [data, range.from, range.to, theme]);

  const at = cursor ?? lastKnown(times, lines);
  const time = times[at];
  return (
    <figure className={styles.chart} aria-label={`${title} over time`}>
      <figcaption>
        <span className={styles.title}>{title}</span>
        {cursor !== null && time !== undefined && (
          <span className={styles.time}>{instantWords(range.to - range.from, time)}</span>
        )}
        <span className={styles.values}>
          {lines.map((line, i) => (
            <span key={line.label}>
              {lines.length > 1 && (
                <>
                  <i style={{ opacity: opacity(lines.length - 1 - i) }} aria-hidden />
                  {line.label}{' '}
                </>
              )}
              <b>{text(format(line.values[at] ?? null))}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div className={styles.plot}>
        <div ref={host} style={{ height }} />
        {frame && <ChartMarks frame={frame} marks={marks ?? []} events={events ?? []} />}
      </div>
    </figure>
  );
}

const opacity = (i: number) => parseInt(ramp[i] ?? '40', 16) / 255;

function lastKnown(times: readonly number[], lines: readonly Line[]): number {
  for (let i = times.length - 1; i >= 0; i--) if (lines.some((line) => line.values[i] != null)) return i;
  return times.length - 1;
}

const dataOf = ({ times, lines }: Pick<Props, 'times' | 'lines'>): UPlot.AlignedData => [
  times.map((t) => t / 1000),
  ...lines.map((line) => line.values as (number | null)[]),
];

/** Pixels. Most labels fit into the least, so that charts stand in line. */
const LEAST_AXIS = 56;
const AXIS_GAP = 6;

/** Pixels of the widest of some labels; uPlot has none yet when it asks first. */
function widest({ ctx }: UPlot, font: string, labels: readonly string[] | null): number {
  ctx.save();
  ctx.font = font;
  const widths = (labels ?? []).map((label) => ctx.measureText(label).width);
  ctx.restore();
  return Math.ceil(Math.max(0, ...widths));
}

function optionsOf(
  element: HTMLElement,
  height: number,
  sync: string,
  props: () => Props,
  onCursor: (index: number | null) => void,
  onFrame: (frame: Frame) => void,
): UPlot.Options {
  const css = getComputedStyle(document.documentElement);
  const color = (name: string) => css.getPropertyValue(name).trim();
  const accent = color('--accent');
  const { lines, filled = false, withTime = false, onBrush } = props();
  const font = `12px ${css.getPropertyValue('--sans')}`;
  const axis = { stroke: color('--secondary'), font, ticks: { show: false } };
  return {
    width: Math.max(element.clientWidth, 100),
    height,
    padding: [9, 2, withTime ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      y: false,
      sync: { key: sync },
      points: { size: 6, width: 1.5, stroke: color('--surface'), fill: accent },
      drag: { x: onBrush !== undefined, y: false, setScale: false },
    },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, low, high) => (props().bounds ?? fromZero)(low, high) },
    },
    axes: [
      {
        ...axis,
        show: withTime,
        size: 20,
        gap: 4,
        grid: { show: false },
        values: (plot, splits) => {
          const words = tickWords(shownMs(plot));
          return splits.map((s) => {
            const label = words.of(s * 1000);
            return pixelsToEnd(plot, s) < widest(plot, font, [label]) / 2 ? '' : label;
          });
        },
        space: (plot) => (tickWords(shownMs(plot)).dated ? 100 : 64),
      },
      {
        ...axis,
        size: (plot, labels) => Math.max(LEAST_AXIS, widest(plot, font, labels) + AXIS_GAP),
        gap: AXIS_GAP,
        space: 26,
        grid: { stroke: color('--hairline'), width: 1 },
        values: (_, splits) => splits.map((split) => text(props().format(split))),
      },
    ],
    series: [
      {},
      ...lines.map((line, i) => ({
        label: line.label,
        stroke: accent + (ramp[lines.length - 1 - i] ?? '40'),
        width: 1.5,
        points: { show: false },
        ...(filled ? { fill: `${accent}1a` } : {}),
      })),
    ],
    hooks: {
      draw: [(plot) => onFrame(frameOf(plot))],
      setCursor: [
        (plot) => onCursor(plot.cursor.idx != null && (plot.cursor.left ?? -1) >= 0 ? plot.cursor.idx : null),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 6) return;
          props().onBrush?.({
            from: plot.posToVal(left, 'x') * 1000,
            to: plot.posToVal(left + width, 'x') * 1000,
          });
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    },
  };
}

const fromZero = (_: number, high: number): [number, number] => [0, high > 0 ? high * 1.12 : 1];

const shownMs = ({ scales: { x } }: UPlot): number => ((x?.max ?? 0) - (x?.min ?? 0)) * 1000;

/** A label is centred on its tick; one whose half does not fit before the chart's end is better left out than cut. */
const pixelsToEnd = ({ scales: { x }, bbox }: UPlot, seconds: number): number =>
  ((((x?.max ?? 0) - seconds) / ((x?.max ?? 0) - (x?.min ?? 0))) * bbox.width) / devicePixelRatio;

function frameOf(plot: UPlot): Frame {
  const { offsetLeft, offsetTop, clientWidth, clientHeight } = plot.over;
  const { x, y } = plot.scales;
  return {
    left: offsetLeft,
    top: offsetTop,
    width: clientWidth,
    height: clientHeight,
    from: (x?.min ?? 0) * 1000,
    to: (x?.max ?? 0) * 1000,
    low: y?.min ?? 0,
    high: y?.max ?? 1,
  };
}

const sameFrame = (a: Frame, b: Frame): boolean =>
  a.left === b.left &&
  a.top === b.top &&
  a.width === b.width &&
  a.height === b.height &&
  a.from === b.from &&
  a.to === b.to &&
  a.low === b.low &&
  a.high === b.high;
