import { Figure } from '../../components/Figure';
import { count, share } from '../../model/format';
import { fateMeaning, fateRows, fateWords, SERVED } from '../../model/fates';
import styles from './panel.module.css';

/** How the requests ended, counted since the graph first saw them. */
export function FateTable({
  fates,
  traces,
}: {
  fates: Record<string, number>;
  traces?: (fate: string) => React.ReactNode;
}) {
  const rows = fateRows(fates);
  if (rows.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3>Fates</h3>
      <table className={styles.table}>
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
                {row.label === SERVED ? fateWords(row.label) : (traces?.(row.label) ?? fateWords(row.label))}
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
