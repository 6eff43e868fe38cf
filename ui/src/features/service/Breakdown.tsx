import type { ReactNode } from 'react';
import type { Peer, ServiceDetail } from '../../api/services';
import type { Tally } from '../../api/tally';
import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { Icon } from '../../components/Icon';
import { Link, navigate, url, urlWith } from '../../components/navigation';
import { fateMeaning, fateRows, fateWords, SERVED } from '../../model/fates';
import { count, latency, rate, share } from '../../model/format';
import { rangeParams, spanParams, type TimeSpan } from '../../model/timeRange';
import { Policy } from './Policy';
import { pickText, usePick, type Pick } from './usePick';
import styles from './service.module.css';

/** Where the traffic comes from, goes to and how it divides; a row that is chosen is drawn before the whole above. */
export function Breakdown({ detail, span }: { detail: ServiceDetail; span: TimeSpan }) {
  const { service, senders, receivers, routes, versions } = detail;
  const where = spanParams(span);
  const peerCell = (peer: Peer) => (
    <>
      <Link to={url(`/services/${peer.id}`, where)}>{peer.id.split('/').at(-1)}</Link>
      {peer.protocol !== 'http' && <span className={styles.tag}>{peer.protocol}</span>}
      {(peer.tls === 'none' || peer.tls === 'mixed') && (
        <span className={styles.tag}>
          <Icon name="unlock" size={12} label="not mTLS" />
        </span>
      )}
    </>
  );
  const edges = (kind: Pick['kind'], peers: readonly Peer[]) =>
    peers.map((peer) => ({
      pick: { kind, name: peer.edge },
      name: peer.id.startsWith('external/clients') ? 'clients outside the mesh' : peerCell(peer),
      tally: kind === 'sender' ? (peer.receiver ?? peer.sender) : (peer.sender ?? peer.receiver),
      loss: peer.loss,
      drawn: peer.points !== null,
      more: <Link to={url('/', { edge: peer.edge, ...rangeParams(span.range) })}>call</Link>,
    }));
  return (
    <div className={styles.tables}>
      <Part
        title="Called by"
        head="Caller"
        rows={edges('sender', senders)}
        none="Nobody called it in this time."
      />
      <Part
        title="Calls"
        head="Callee"
        rows={edges('receiver', receivers)}
        none="It called nobody in this time."
      />
      <Part
        title="Routes"
        head="Route"
        none="No route was seen."
        rows={routes.map((route) => ({
          pick: { kind: 'route', name: route.route },
          name: <span className="mono">{route.route}</span>,
          tally: route,
          drawn: route.points !== null,
          more: route.route !== 'other' && (
            <Link
              to={url('/traces', { service: service.name, tags: `tracery.route=${route.route}`, ...where })}
            >
              traces
            </Link>
          ),
        }))}
      />
      <Part
        title="Versions"
        head="Version"
        none="No version was said."
        rows={versions.map((version) => ({
          pick: { kind: 'version', name: version.version },
          name: version.version || 'not said',
          tally: version,
          drawn: version.points !== null,
        }))}
      />
      <Fates detail={detail} where={where} />
      <Policy detail={detail} where={where} />
    </div>
  );
}

interface Row {
  pick: Pick;
  name: ReactNode;
  tally: Tally | null;
  loss?: number | null;
  drawn: boolean;
  more?: ReactNode;
}

function Part({
  title,
  head,
  rows,
  none,
}: {
  title: string;
  head: string;
  rows: readonly Row[];
  none: string;
}) {
  const pick = usePick();
  const total = rows.reduce((sum, row) => sum + (row.tally?.requests ?? 0), 0);
  const worstFirst = rows.toSorted((a, b) => (b.tally?.requests ?? 0) - (a.tally?.requests ?? 0));
  return (
    <section className={styles.part} aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className={styles.hint}>{none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{head}</th>
              <th scope="col">Share</th>
              <th scope="col">Rate</th>
              <th scope="col">Success</th>
              <th scope="col">p50</th>
              <th scope="col">p99</th>
              <th scope="col">Retries</th>
              <th scope="col">
                <span className="visually-hidden">More</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {worstFirst.map(({ pick: own, name, tally, loss, drawn, more }) => {
              const chosen = pick?.kind === own.kind && pick.name === own.name;
              return (
                <tr key={own.name} data-chosen={chosen || undefined}>
                  <th scope="row">
                    {drawn && (
                      <button
                        type="button"
                        className={styles.draw}
                        aria-pressed={chosen}
                        title={chosen ? 'Draw everything alike' : 'Draw it before the whole'}
                        aria-label="Draw it before the whole"
                        onClick={() =>
                          navigate(urlWith({ pick: chosen ? null : pickText(own) }), { replace: true })
                        }
                      >
                        <Icon name="live" size={14} />
                      </button>
                    )}
                    {name}
                    {loss != null && loss > 0.001 && (
                      <span className={styles.tag} title="Counted by the caller and not by the callee">
                        <Figure of={share(loss)} /> lost
                      </span>
                    )}
                  </th>
                  <td>
                    <Figure of={share(total > 0 ? (tally?.requests ?? 0) / total : null)} />
                  </td>
                  <td>
                    <Figure of={rate(tally?.requestRate)} />
                  </td>
                  <td>
                    <HealthMark share={tally?.successShare ?? null} />{' '}
                    <Figure of={share(tally?.successShare)} />
                  </td>
                  <td>
                    <Figure of={latency(tally?.p50)} />
                  </td>
                  <td>
                    <Figure of={latency(tally?.p99)} />
                  </td>
                  <td>{tally && tally.retries > 0 ? count(tally.retries) : '–'}</td>
                  <td>{more}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Fates({ detail, where }: { detail: ServiceDetail; where: ReturnType<typeof spanParams> }) {
  const rows = fateRows(detail.service.fates);
  if (rows.length === 0) return null;
  return (
    <section className={styles.part} aria-label="Fates">
      <h2>How its requests ended</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Ended as</th>
            <th scope="col">Requests</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label}>
              <th scope="row" title={fateMeaning(row.label)}>
                {row.label === SERVED ? (
                  fateWords(row.label)
                ) : (
                  <Link
                    to={url('/traces', {
                      service: detail.service.name,
                      tags: `tracery.fate=${row.label}`,
                      ...where,
                    })}
                  >
                    {fateWords(row.label)}
                  </Link>
                )}
              </th>
              <td>{count(row.count)}</td>
              <td>
                <Figure of={share(row.share)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
