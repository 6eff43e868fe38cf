import type { KubernetesWorkload } from '../../api/graph';
import { Breakable } from '../../components/Breakable';
import { imageName, replicas, zones } from '../../model/kubernetes';
import styles from './panel.module.css';

/** What the cluster runs behind a node, now. */
export function Kubernetes({ workload }: { workload: KubernetesWorkload }) {
  const facts: [string, string][] = [
    [
      'Machines',
      workload.machines.map(({ name, pods }) => (pods > 1 ? `${name} (${pods})` : name)).join(', '),
    ],
    ['Zones', zones(workload).join(', ')],
    ['Services', workload.services.join(', ')],
    ...Object.entries(workload.labels),
  ];
  return (
    <section className={styles.section}>
      <h3>Kubernetes</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Runs as</th>
            <th scope="col">Image</th>
            <th scope="col">Ready</th>
          </tr>
        </thead>
        <tbody>
          {workload.owners.map((owner) => (
            <tr key={`${owner.kind}/${owner.name}`}>
              <th scope="row">
                {owner.name}
                <span className={styles.tag}>{owner.kind}</span>
              </th>
              <td title={owner.images.join('\n')}>{owner.images.map(imageName).join(', ')}</td>
              <td>{replicas(owner)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className={styles.facts}>
        <div>
          <dt>Restarts</dt>
          <dd>{workload.restarts}</dd>
        </div>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt title={name}>{name}</dt>
              <dd>
                <Breakable text={value} />
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
