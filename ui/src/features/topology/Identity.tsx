import type { GraphEdge } from '../../api/graph';
import { Breakable } from '../../components/Breakable';
import { Icon } from '../../components/Icon';
import styles from './panel.module.css';

interface Props {
  rows: { label: string; identity: string | null | undefined }[];
  edges: readonly GraphEdge[];
}

/** Who the two ends proved to be, and whether anything travels in the clear. */
export function Identity({ rows, edges }: Props) {
  const plain = edges.filter((edge) => edge.tls === 'none').length;
  const mixed = edges.filter((edge) => edge.tls === 'mixed').length;
  const silent = edges.every((edge) => edge.tls === null);
  return (
    <section className={styles.section}>
      <h3>Identity and TLS</h3>
      <dl className={styles.facts}>
        <div>
          <dt>TLS</dt>
          <dd>
            {silent ? (
              'nothing passed in the window'
            ) : plain + mixed === 0 ? (
              <>
                <Icon name="lock" size={14} /> mutual TLS
              </>
            ) : (
              <>
                <Icon name="unlock" size={14} /> {words(plain, mixed, edges.length)}
              </>
            )}
          </dd>
        </div>
        {rows.map(({ label, identity }) => (
          <div key={label + (identity ?? '')}>
            <dt>{label}</dt>
            <dd className={identity ? 'mono' : undefined}>
              {identity ? <Breakable text={identity} /> : 'none proven'}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function words(plain: number, mixed: number, all: number): string {
  if (all === 1)
    return plain
      ? 'none: this traffic is not encrypted by the mesh'
      : 'mixed: part of this traffic is not encrypted';
  const parts = [plain && `${plain} of ${all} calls without`, mixed && `${mixed} of ${all} partly without`];
  return `${parts.filter(Boolean).join(', ')} mutual TLS`;
}
