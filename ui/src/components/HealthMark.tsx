import { healthOf, healthWord, isTrouble } from '../model/health';
import styles from './healthMark.module.css';

/** A triangle where something is not well, and nothing at all where it is. */
export function HealthMark({ share }: { share: number | null }) {
  const health = healthOf(share);
  if (!isTrouble(health)) return null;
  return (
    <svg
      className={styles[health]}
      width="10"
      height="9"
      viewBox="0 0 11 10"
      role="img"
      aria-label={healthWord[health]}
    >
      <path d="M5.5 0L11 10H0z" />
    </svg>
  );
}
