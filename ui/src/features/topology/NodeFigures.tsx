import type { ShownDiff } from '../../api/shownDiff';
import { factor } from '../../model/diff';
import { latency, rate, share, text } from '../../model/format';
import { nodeRates } from '../../model/history';
import panel from './panel.module.css';
import styles from './diff.module.css';

/** What a node received, or sent where it receives nothing, before and after. */
export function NodeFigures({ shown, id }: { shown: ShownDiff; id: string }) {
  const [a, b] = [shown.before, shown.after].map((graph) => {
    const node = graph.nodes.find((candidate) => candidate.id === id);
    return node && { ...node, requestRate: nodeRates(graph).get(id) ?? null };
  });
  if (!a && !b) return null;
  const rows = [
    { name: 'Rate', a: a?.requestRate, b: b?.requestRate, format: rate },
    { name: 'Success', a: a?.successShare, b: b?.successShare, format: share },
    { name: 'p99', a: a?.p99, b: b?.p99, format: latency },
  ];
  return (
    <section className={panel.section}>
      <table className={`${panel.table} ${styles.pair}`}>
        <thead>
          <tr>
            <th scope="col">In all</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>{text(row.format(row.a))}</td>
              <td>{text(row.format(row.b))}</td>
              <td>{row.format === share ? '' : factor(row.a ?? null, row.b ?? null)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Versions</th>
            <td>{a?.versions.join(', ') ?? '–'}</td>
            <td>{b?.versions.join(', ') ?? '–'}</td>
            <td />
          </tr>
        </tbody>
      </table>
    </section>
  );
}
