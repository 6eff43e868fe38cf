import type { Outcome } from '../model/trace';
import styles from './healthMark.module.css';

/** A full triangle for what failed, an open one for what only failed inside, nothing for what went well. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  if (outcome === 'served') return null;
  return (
    <svg
      className={outcome === 'failed' ? styles.failing : styles.recovered}
      width="11"
      height="10"
      viewBox="-0.5 -0.5 12 11"
      aria-hidden
    >
      <path d="M5.5 0L11 10H0z" />
    </svg>
  );
}
