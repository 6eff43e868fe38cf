import { useFreshness, useLive } from '../api/live';
import { ago } from '../model/format';
import styles from './shell.module.css';

/** Live is a state one sees: a slow pulse and the age of the newest data. */
export function FreshnessPill() {
  const now = useFreshness();
  const words = (() => {
    switch (now.state) {
      case 'connecting':
        return 'Connecting';
      case 'empty':
        return 'No data yet';
      case 'live':
        return 'Live';
      case 'late':
        return 'Late';
      case 'stale':
        return 'Stale';
      case 'lost':
        return 'Disconnected';
    }
  })();
  const age = 'ageMs' in now ? ago(now.ageMs) : now.state === 'lost' ? ago(now.sinceMs) : '';
  return (
    <span
      className={`${styles.pill} ${styles[now.state] ?? ''}`}
      data-testid="freshness"
      data-state={now.state}
      title={'ageMs' in now ? 'Age of the newest data that the mesh reported' : undefined}
    >
      <i aria-hidden />
      {words}
      {age && <b>{age}</b>}
    </span>
  );
}

/** Said under the header, and loudly, when what is shown is not what is. */
export function FreshnessBanner() {
  const now = useFreshness();
  const { retryNow, graph } = useLive();
  if (now.state === 'stale') {
    return (
      <div className={`${styles.banner} ${styles.bannerStale}`} role="alert">
        <strong>The newest data is {ago(now.ageMs)} old.</strong>
        <span>
          Nothing has come from the sidecars since; what you see is the past. Traffic does not depend on this.
        </span>
      </div>
    );
  }
  if (now.state === 'lost') {
    return (
      <div className={`${styles.banner} ${styles.bannerLost}`} role="alert">
        <strong>The server at {window.location.host} does not answer.</strong>
        <span>
          {graph ? 'What you see is what it said last. ' : ''}
          {now.retryInMs > 500 ? `Next try in ${ago(now.retryInMs)}.` : 'Trying…'}
        </span>
        <button type="button" onClick={retryNow}>
          Try now
        </button>
      </div>
    );
  }
  return null;
}
