import { useMemo } from 'react';
import type { Point } from '../../api/tally';
import type { ServiceDetail } from '../../api/services';
import { Link, url, urlWith } from '../../components/navigation';
import { TimeChart } from '../../components/TimeChart';
import { useNow } from '../../components/useNow';
import { goTime } from '../../components/useTimeSpan';
import { fateWords, SERVED } from '../../model/fates';
import { bytes, clock, latency, rate, share, text } from '../../model/format';
import { boundsOf, type Range, type TimeSpan } from '../../model/timeRange';
import { pickedOf, usePick } from './usePick';
import styles from './service.module.css';

/** Close enough to see one percent where all is well, never so close that noise looks like trouble. */
const successBounds = (low: number): [number, number] => [
  Math.max(0, Math.min(0.95, Math.floor(low * 20) / 20)),
  1,
];

/** Rate, success and latency over the page's time: of everything, or of what is picked below before it. */
export function Charts({ detail, span }: { detail: ServiceDetail; span: TimeSpan }) {
  const pick = usePick();
  const picked = pickedOf(detail, pick);
  const now = useNow();
  const range = boundsOf(span, Math.max(now, detail.to));
  const columns = useMemo(
    () => columnsOf(detail.points, picked?.points, picked?.label),
    [detail.points, picked],
  );
  const marks = detail.exemplars
    .filter(
      (exemplar) =>
        !pick || pick.kind === 'sender' || pick.kind === 'receiver' || exemplar[pick.kind] === pick.name,
    )
    .map((exemplar) => ({
      t: exemplar.t,
      value: exemplar.latency,
      to: url(`/traces/${exemplar.traceId}`, { span: exemplar.spanId }),
      failed: exemplar.fate !== SERVED,
      label: `${clock(exemplar.t)}: ${fateWords(exemplar.fate)} after ${text(latency(exemplar.latency))}; open its trace`,
    }));
  const common = {
    times: columns.times,
    range,
    sync: `service ${detail.service.id}`,
    onBrush: (chosen: Range) => goTime.range(chosen),
    events: detail.events.map((event) => event.t),
    tall: true,
    withTime: true,
  };
  const connections =
    detail.service.requests > 0 && detail.senders.every((sender) => sender.protocol === 'tcp');
  return (
    <section aria-label="Over time">
      <p className={styles.hint}>
        {picked ? (
          <>
            <b>{picked.label}</b> before all of {detail.service.name}.{' '}
            <Link to={urlWith({ pick: null })}>Show everything alike</Link>
          </>
        ) : (
          <>
            Drag to look closer.{' '}
            {marks.length > 0 && 'Each mark on the latency is one exchange and opens its trace. '}
            Dashed: something was deployed or configured.
          </>
        )}
      </p>
      <div className={styles.charts} data-four={columns.flow ? true : undefined}>
        <TimeChart {...common} title="Rate" lines={columns.rate} format={rate} filled />
        <TimeChart
          {...common}
          title="Success"
          lines={columns.success}
          format={share}
          bounds={successBounds}
        />
        <TimeChart
          {...common}
          title={connections ? 'Connection time' : 'Latency'}
          lines={columns.latency}
          format={latency}
          marks={marks}
        />
        {columns.flow && (
          <TimeChart
            {...common}
            title="Bytes a second"
            lines={columns.flow}
            format={(value) => {
              const { value: figure, unit } = bytes(value === null ? null : Math.round(value));
              return { value: figure, unit: unit && `${unit}/s` };
            }}
          />
        )}
      </div>
    </section>
  );
}

function columnsOf(all: readonly Point[], picked: readonly Point[] | undefined, label = '') {
  const byTime = new Map((picked ?? []).map((point) => [point.t, point]));
  const first = picked ? all.map((point) => byTime.get(point.t)) : all;
  const of = (points: readonly (Point | undefined)[], key: keyof Omit<Point, 't'>) =>
    points.map((point) => point?.[key] ?? null);
  const pair = (key: 'requestRate' | 'successShare', word: string) =>
    picked
      ? [
          { label: 'all', values: of(all, key) },
          { label, values: of(first, key) },
        ]
      : [{ label: word, values: of(all, key) }];
  const moved = all.some((point) => (point.bytesReceived ?? 0) + (point.bytesSent ?? 0) > 0);
  return {
    times: all.map((point) => point.t),
    rate: pair('requestRate', 'rate'),
    success: pair('successShare', 'success'),
    latency: [
      { label: 'p50', values: of(first, 'p50') },
      { label: 'p90', values: of(first, 'p90') },
      { label: 'p99', values: of(first, 'p99') },
    ],
    flow: moved && [
      { label: 'in', values: of(first, 'bytesReceived') },
      { label: 'out', values: of(first, 'bytesSent') },
    ],
  };
}
