import type { ServiceDetail } from '../../api/services';
import { ago } from '../../model/format';
import { certificateState, configurationState } from '../../model/instances';
import styles from './service.module.css';

/** The sidecars that serve it: alive, with which configuration, and how long their certificates still hold. */
export function Sidecars({ detail }: { detail: ServiceDetail }) {
  const { endpoints, now } = detail;
  if (endpoints.length === 0) return null;
  return (
    <section className={styles.part} aria-label="Sidecars">
      <h2>Sidecars</h2>
      <div className={styles.wide} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Sidecar</th>
              <th scope="col">Version</th>
              <th scope="col">Up for</th>
              <th scope="col">Heard of</th>
              <th scope="col">Configuration</th>
              <th scope="col">Certificate</th>
              <th scope="col">Dropped reports</th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((endpoint) => {
              const certificate = certificateState(endpoint, now);
              const configuration = configurationState(endpoint);
              return (
                <tr key={endpoint.instance}>
                  <th scope="row" className="mono">
                    {endpoint.instance.replace('sidecar~', '')}
                  </th>
                  <td>{endpoint.version || '–'}</td>
                  <td>{ago(now - endpoint.started)}</td>
                  <td data-health={endpoint.stale ? 'failing' : undefined}>
                    {endpoint.stale ? '▲ ' : ''}
                    {ago(now - endpoint.lastSeen)} ago
                  </td>
                  <td data-health={configuration.health}>{configuration.words}</td>
                  <td data-health={certificate.health}>{certificate.words}</td>
                  <td>{endpoint.dropped.spans + endpoint.dropped.metrics || '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
