import type { ReactNode } from 'react';
import panel from './panel.module.css';
import styles from './diff.module.css';

export interface Pair {
  name: string;
  a: string;
  b: string;
  change: string;
  differs?: boolean;
}

/** Figures before and after, one a row. */
export function PairTable({ head, pairs }: { head: ReactNode; pairs: readonly Pair[] }) {
  return (
    <table className={`${panel.table} ${styles.pair}`}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ name, a, b, change, differs }) => (
          <tr key={name} data-differs={differs === true ? true : undefined}>
            <th scope="row">{name}</th>
            <td>{a}</td>
            <td>{b}</td>
            <td>{change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
