import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { fetchSeries, type SeriesOf } from '../../api/graph';
import { Segmented } from '../../components/Controls';
import { Link } from '../../components/navigation';
import { Bone } from '../../components/State';
import { TimeChart, type TimeRange } from '../../components/TimeChart';
import { clock, latency, rate, share } from '../../model/format';
import styles from './panel.module.css';

const ranges = [
  { value: '2m', label: '2 min', ms: 120_000 },
  { value: '5m', label: '5 min', ms: 300_000 },
  { value: '15m', label: '15 min', ms: 900_000 },
] as const;
type Range = (typeof ranges)[number]['value'];

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

/** Rate, success and latency of one node or edge over the last minutes. */
export function GoldenMetrics({ of, tracesUrl, durationName }: Props) {
  const [range, setRange] = useState<Range>('5m');
  const [zoom, setZoom] = useState<TimeRange>();
  const series = useQuery({
    queryKey: ['series', of.kind, of.id, range],
    queryFn: ({ signal }) => fetchSeries(of, range, signal),
    refetchInterval: zoom ? false : 2_000,
    placeholderData: keepPreviousData,
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
  const span = ranges.find((candidate) => candidate.value === range)?.ms ?? 300_000;
  const end = points.at(-1)?.t ?? 0;
  const shown = zoom ?? { from: end - span, to: end };
  const sync = `golden ${of.id}`;
  const common = { times: columns.times, range: shown, sync, onBrush: setZoom };

  return (
    <section className={styles.section} aria-label="Metrics over time">
      <div className={styles.chartBar}>
        {zoom ? (
          <p className={styles.zoom}>
            {clock(zoom.from)} – {clock(zoom.to)}
            {tracesUrl && <Link to={tracesUrl(zoom)}>Traces of this time</Link>}
            <button type="button" onClick={() => setZoom(undefined)}>
              Back to live
            </button>
          </p>
        ) : (
          <p className={styles.hint}>Drag on a chart to look closer</p>
        )}
        <Segmented
          label="Time"
          value={range}
          options={ranges}
          onChange={(next) => {
            setZoom(undefined);
            setRange(next);
          }}
        />
      </div>
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
