import type { ReactNode } from 'react';
import type { ServiceDetail } from '../../api/services';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { Icon } from '../../components/Icon';
import { Link, url } from '../../components/navigation';
import { fateRows, fateWords, SERVED } from '../../model/fates';
import {
  ago,
  bytes,
  clock,
  count,
  latency,
  rate,
  share,
  text,
  type Figure as Parts,
} from '../../model/format';
import { healthOf, isTrouble } from '../../model/health';
import { rangeParams, type TimeSpan } from '../../model/timeRange';
import { suspects, troubleSince } from '../../model/trouble';
import { Undeclared } from './Undeclared';
import styles from './service.module.css';

const MOST_AFFECTED = 4;

/** The figures of the time in one line and, where it is not well, what a person on call asks first, answered in words. */
export function Verdict({ detail, span }: { detail: ServiceDetail; span: TimeSpan }) {
  const { service, tcp } = detail;
  const health = healthOf(service.successShare);
  return (
    <section className={styles.verdict} aria-label="How it is">
      <dl className={styles.figures}>
        <Fact name="Rate" of={rate(service.requestRate)} />
        <Fact
          name="Success"
          of={share(service.successShare)}
          mark={<HealthMark share={service.successShare} />}
        />
        <Fact name="p50" of={latency(service.p50)} />
        <Fact name="p90" of={latency(service.p90)} />
        <Fact name="p99" of={latency(service.p99)} />
        <Fact name="Requests" of={{ value: count(service.requests), unit: '' }} />
        <Fact name="Retries" of={{ value: count(service.retries), unit: '' }} />
        {(tcp.open > 0 || service.inFlight > 0) && (
          <Fact name="Open now" of={{ value: count(Math.max(tcp.open, service.inFlight)), unit: '' }} />
        )}
        {tcp.bytesReceived !== null && tcp.bytesReceived > 0 && (
          <Fact name="TCP in" of={perSecond(bytes(tcp.bytesReceived))} />
        )}
        {tcp.bytesSent !== null && tcp.bytesSent > 0 && (
          <Fact name="TCP out" of={perSecond(bytes(tcp.bytesSent))} />
        )}
        <div>
          <dt>TLS</dt>
          <dd className={styles.word}>
            {service.tls === null ? (
              '–'
            ) : service.tls === 'mtls' ? (
              'mutual'
            ) : (
              <>
                <Icon name="unlock" size={14} /> {service.tls}
              </>
            )}
          </dd>
        </div>
      </dl>
      {isTrouble(health) && <Trouble detail={detail} span={span} health={health} />}
      {!span.range && <Undeclared ports={detail.undeclared} />}
    </section>
  );
}

const perSecond = ({ value, unit }: Parts): Parts => ({
  value: Number(value) % 1 ? Number(value).toFixed(1) : value,
  unit: `${unit}/s`,
});

function Fact({ name, of, mark }: { name: string; of: Parts; mark?: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {mark} <Figure of={of} />
      </dd>
    </div>
  );
}

function Trouble({ detail, span, health }: { detail: ServiceDetail; span: TimeSpan; health: string }) {
  const { service, senders, points, events, now, exemplars } = detail;
  const worst = fateRows(service.fates).find((row) => row.label !== SERVED);
  const since = troubleSince(points);
  const affected = senders.filter((sender) =>
    isTrouble(healthOf(sender.sender?.successShare ?? sender.receiver?.successShare)),
  );
  const failed = exemplars.filter((exemplar) => exemplar.fate !== SERVED);
  const changes = since && !since.before ? suspects(events, since.t) : [];
  return (
    <div className={styles.trouble} data-health={health} role="status">
      <p>
        <strong>
          {text(share(1 - (service.successShare ?? 1)))} of its requests fail
          {worst && `, most often: ${fateWords(worst.label)}`}.
        </strong>{' '}
        {since &&
          (since.before
            ? `It began before ${clock(since.t)}; look further back.`
            : `It began at ${clock(since.t)}${span.range ? '' : `, ${ago(now - since.t)} ago`}.`)}
      </p>
      <p>
        {affected.length === 0 ? (
          'No caller of its own is hit by it.'
        ) : (
          <>
            Affected:{' '}
            {affected.slice(0, MOST_AFFECTED).map((sender, i) => (
              <span key={sender.edge}>
                {i > 0 && ', '}
                <Link to={url('/', { edge: sender.edge, ...rangeParams(span.range) })}>
                  {sender.id.split('/').at(-1)}
                </Link>{' '}
                ({text(share(1 - (sender.sender?.successShare ?? sender.receiver?.successShare ?? 1)))} of its
                calls)
              </span>
            ))}
            {affected.length > MOST_AFFECTED && ` and ${affected.length - MOST_AFFECTED} more`}.
          </>
        )}{' '}
        {changes[0] ? (
          <>
            Changed shortly before: {changes[0].text} ({clock(changes[0].t)})
            {changes.length > 1 && ` and ${changes.length - 1} more, on the timeline above`}.
          </>
        ) : (
          since && !since.before && 'Nothing of it was deployed or configured in the ten minutes before.'
        )}{' '}
        {failed[0] && <Link to={`/traces/${failed.at(-1)?.traceId ?? ''}`}>Open a failed trace</Link>}
      </p>
    </div>
  );
}
