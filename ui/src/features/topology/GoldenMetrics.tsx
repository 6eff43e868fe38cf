import { useMemo } from 'react';
import { fetchSeries, type SeriesOf } from '../../api/graph';
import { useLiveQuery } from '../../api/useLiveQuery';
import { Link } from '../../components/navigation';
import { Bone } from '../../components/State';
import { TimeChart, type TimeRange } from '../../components/TimeChart';
import { useNow } from '../../components/useNow';
import { goTime, useTimeSpan } from '../../components/useTimeSpan';
import { clock, latency, rate, share } from '../../model/format';
import { boundsOf, lookbackMs, type TimeSpan } from '../../model/timeRange';
import styles from './panel.module.css';

interface Props {
  of: SeriesOf;
  /** The traces of this, between two instants. */
  tracesUrl: ((range: TimeRange) => string) | undefined;
  /** A connection's duration is not a latency. */
  durationName: string;
}

/** Close enough to see one percent where all is well, never so close that noise looks like trouble. */
const successBounds = (low: number): [number, number] => [
  Math.max(0, Math.min(0.95, Math.floor(low * 20) / 20)),
  1,
];

/** Second by second as long as the server keeps that; further back in its windows. */
const SECONDS_MS = 900_000;

function timeOf({ lookback, range }: TimeSpan): string {
  if (range) return `from=${range.from.toFixed(0)}&to=${range.to.toFixed(0)}`;
  return lookbackMs(lookback) <= SECONDS_MS ? `range=${lookback}` : `from=-${lookback}`;
}

/** Rate, success and latency of one node or edge over the page's time. */
export function GoldenMetrics({ of, tracesUrl, durationName }: Props) {
  const span = useTimeSpan();
  const now = useNow();
  const time = timeOf(span);
  const series = useLiveQuery({
    key: ['series', of.kind, of.id, time],
    fetch: (signal) => fetchSeries(of, time, signal),
    everyMs: span.range ? undefined : 2_000,
  });
  const points = useMemo(() => series.data?.points ?? [], [series.data]);
  const columns = useMemo(
    () => ({
      times: points.map((point) => point.t),
      rate: [{ label: 'rate', values: points.map((point) => point.requestRate) }],
      success: [{ label: 'success', values: points.map((point) => point.successShare) }],
      latency: [
        { label: 'p50', values: points.map((point) => point.p50) },
        { label: 'p90', values: points.map((point) => point.p90) },
        { label: 'p99', values: points.map((point) => point.p99) },
      ],
    }),
    [points],
  );
  const common = {
    times: columns.times,
    range: boundsOf(span, span.range ? now : (points.at(-1)?.t ?? now)),
    sync: `golden ${of.id}`,
    onBrush: (chosen: TimeRange) => goTime.range(chosen),
  };

  return (
    <section className={styles.section} aria-label="Metrics over time">
      {span.range ? (
        <p className={styles.zoom}>
          {clock(span.range.from)} – {clock(span.range.to)}
          {tracesUrl && <Link to={tracesUrl(span.range)}>Traces of this time</Link>}
          <button type="button" onClick={() => goTime.range(undefined)}>
            Back to live
          </button>
        </p>
      ) : (
        <p className={styles.zoom}>Drag on a chart to look closer</p>
      )}
      {series.isPending ? (
        <ChartBones />
      ) : series.isError && points.length === 0 ? (
        <p className={styles.problem} role="alert">
          No series: {series.error.message}.
        </p>
      ) : points.length === 0 ? (
        <p className={styles.hint}>Nothing was measured in this time.</p>
      ) : (
        <>
          <TimeChart {...common} title="Rate" lines={columns.rate} format={rate} filled />
          <TimeChart
            {...common}
            title="Success"
            lines={columns.success}
            format={share}
            bounds={successBounds}
          />
          <TimeChart {...common} title={durationName} lines={columns.latency} format={latency} withTime />
        </>
      )}
    </section>
  );
}

const ChartBones = () => (
  <div className={styles.bones} role="status" aria-label="Loading the charts">
    <Bone width="100%" height={84} />
    <Bone width="100%" height={84} />
    <Bone width="100%" height={104} />
  </div>
);
