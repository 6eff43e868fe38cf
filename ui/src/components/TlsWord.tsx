import { Icon } from './Icon';
import styles from './healthMark.module.css';

/** Mutual TLS in a word, and what is not with an open lock. */
export function TlsWord({ tls }: { tls: 'mtls' | 'none' | 'mixed' | null }) {
  if (tls === null) return '–';
  if (tls === 'mtls') return 'mTLS';
  return (
    <span className={styles.open}>
      <Icon name="unlock" size={14} /> {tls}
    </span>
  );
}
