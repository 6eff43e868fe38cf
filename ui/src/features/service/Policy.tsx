import type { ServiceDetail } from '../../api/services';
import { Breakable } from '../../components/Breakable';
import { Icon } from '../../components/Icon';
import { Link, url } from '../../components/navigation';
import { count } from '../../model/format';
import { certificateState } from '../../model/instances';
import { admission, firstToExpire } from '../../model/policy';
import type { spanParams } from '../../model/timeRange';
import styles from './service.module.css';

interface Props {
  detail: ServiceDetail;
  where: ReturnType<typeof spanParams>;
}

/** Who is let in and by what proof, what policy refused, and how long the service can prove who it is itself. */
export function Policy({ detail, where }: Props) {
  const { service, senders, endpoints, now } = detail;
  const first = firstToExpire(endpoints);
  if (senders.length === 0 && !first) return null;
  const refused = (n: number, fate: string) =>
    n === 0 ? (
      '–'
    ) : (
      <Link to={url('/traces', { service: service.name, tags: `tracery.fate=${fate}`, ...where })}>
        {count(n)}
      </Link>
    );
  return (
    <section className={styles.part} aria-label="Policy and identity">
      <h2>Policy and identity</h2>
      <p className={styles.hint}>
        {service.identity ? (
          <>
            It proves to be{' '}
            <span className="mono">
              <Breakable text={service.identity} />
            </span>
          </>
        ) : (
          'It cannot prove who it is'
        )}
        {first && (
          <>
            ; of its certificates the one that ends first is that of{' '}
            <span className="mono">{first.instance.replace('sidecar~', '')}</span>:{' '}
            <b data-health={certificateState(first, now).health}>{certificateState(first, now).words}</b>
          </>
        )}
        .
      </p>
      {senders.length > 0 && (
        <div className={styles.wide} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Caller</th>
                <th scope="col" className={styles.words}>
                  Proven as
                </th>
                <th scope="col">Allowed</th>
                <th scope="col">Denied</th>
                <th scope="col">Rate limited</th>
              </tr>
            </thead>
            <tbody>
              {senders.map((peer) => {
                const { allowed, denied, limited } = admission(peer);
                return (
                  <tr key={peer.edge}>
                    <th scope="row">
                      {peer.id.startsWith('external/')
                        ? 'clients outside the mesh'
                        : peer.id.split('/').at(-1)}
                    </th>
                    <td className={styles.words}>
                      {peer.identity && peer.tls !== 'none' ? (
                        <span className="mono">
                          <Breakable text={peer.identity} />
                        </span>
                      ) : (
                        <>
                          <Icon name="unlock" size={12} /> nobody, no mutual TLS
                        </>
                      )}
                    </td>
                    <td>{count(allowed)}</td>
                    <td>{refused(denied, 'policy_denied')}</td>
                    <td>{refused(limited, 'rate_limited')}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
