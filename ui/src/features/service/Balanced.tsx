import type { ServiceDetail } from '../../api/services';
import { Figure } from '../../components/Figure';
import { Link } from '../../components/navigation';
import { leftOutWords } from '../../model/ejection';
import { count, latency } from '../../model/format';
import styles from './service.module.css';

const NAMED = 3;

/** Its endpoints as the balancers of those who call it see them now, the worst first. */
export function Balanced({ balanced }: { balanced: ServiceDetail['balanced'] }) {
  const { endpoints, omitted, untold } = balanced;
  if (endpoints.length === 0) return null;
  return (
    <section className={styles.part} aria-label="Endpoints">
      <h2>Endpoints</h2>
      <p className={styles.hint}>
        As the sidecars of its callers see them. Cost is expected latency times load; a request goes to the
        cheaper of two.
      </p>
      <div className={styles.wide} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Endpoint</th>
              <th scope="col">Version</th>
              <th scope="col">Cost</th>
              <th scope="col">Largest</th>
              <th scope="col">In flight</th>
              <th scope="col">Senders</th>
              <th scope="col" className={styles.words}>
                State
              </th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((endpoint) => {
              const out = leftOutWords(endpoint);
              const health = endpoint.ejectedBy === endpoint.senders ? 'failing' : 'warning';
              return (
                <tr key={endpoint.endpoint}>
                  <th scope="row" className="mono">
                    {endpoint.endpoint}
                  </th>
                  <td>{endpoint.version ?? '–'}</td>
                  <td>
                    <Figure of={latency(endpoint.cost)} />
                  </td>
                  <td>
                    <Figure of={latency(endpoint.largestCost)} />
                  </td>
                  <td>{count(endpoint.inFlight)}</td>
                  <td>
                    <Senders endpoint={endpoint} />
                  </td>
                  <td className={styles.words} data-health={out ? health : undefined}>
                    {out ? `▲ ${out}` : 'in use'}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {omitted > 0 && <p className={styles.hint}>{count(omitted)} more are not listed.</p>}
      {untold > 0 && (
        <p className={styles.hint}>
          These sidecars use {count(untold)} more endpoints, of this service or others, than they tell of.
        </p>
      )}
    </section>
  );
}

/** A few by name; of one workload each sidecar counts. */
function Senders({
  endpoint: { senders, by },
}: {
  endpoint: ServiceDetail['balanced']['endpoints'][number];
}) {
  const nodes = [...new Set(by.map(({ node }) => node))];
  const named = nodes.slice(0, NAMED);
  return (
    <>
      {named.map((node, i) => (
        <span key={node}>
          {i > 0 && ', '}
          <Link to={`/services/${node}`}>{node.split('/').at(-1)}</Link>
        </span>
      ))}
      {senders > named.length && ` · ${senders} sidecars`}
    </>
  );
}
