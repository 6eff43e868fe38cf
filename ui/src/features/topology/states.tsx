import { useQuery } from '@tanstack/react-query';
import { fetchLimits } from '../../api/mesh';
import { Bone, State } from '../../components/State';
import { useNow } from '../../components/useNow';
import { goTime } from '../../components/useTimeSpan';
import { clock, day } from '../../model/format';
import { sinceOldest, type Comparison } from '../../model/comparison';
import type { Range } from '../../model/timeRange';
import { go, type TopologyView } from './useTopologyView';
import styles from './topology.module.css';

/** Nothing has ever been reported: what to do next, one command. */
export function FirstRun() {
  return (
    <State title="No sidecar has reported yet" command="./tracery demo">
      <p>
        The map draws itself from what sidecars see: the first request that passes through one shows up here
        within seconds.
      </p>
      <p>To watch a small shop under load on this machine, run this at the root of the repository:</p>
    </State>
  );
}

export function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <State title="There is nothing to show yet">
      <p>
        The server has not answered since this page was opened. It is tried again by itself; this page fills
        as soon as it answers.
      </p>
      <p>
        <button type="button" className={styles.textButton} onClick={onRetry}>
          Try now
        </button>
      </p>
    </State>
  );
}

export function NoMatch({ query }: { query: string }) {
  return (
    <p className={styles.noMatch} role="status">
      No workload matches “{query}”. <kbd>Esc</kbd> in the search box clears it.
    </p>
  );
}

const BackToLive = () => (
  <p>
    <button type="button" className={styles.textButton} onClick={() => goTime.range(undefined)}>
      Back to live
    </button>
  </p>
);

/** The server has no answer for this time, and says why. */
export function NotRemembered({ message }: { message: string }) {
  return (
    <State title="This time cannot be shown" tone="failing">
      <p>{message}.</p>
      <BackToLive />
    </State>
  );
}

export function NothingThen({ range }: { range: Range }) {
  return (
    <State title="Nothing passed through a sidecar then">
      <p>
        From {day(range.from)} {clock(range.from)} to {clock(range.to)} nobody called anybody, or nothing is
        remembered of it.
      </p>
      <BackToLive />
    </State>
  );
}

export function NothingToCompare() {
  return (
    <State title="Nothing passed through a sidecar in either of them">
      <p>Move A or B on the timeline, or compare longer times.</p>
      <p>
        <button type="button" className={styles.textButton} onClick={() => go.compare(undefined)}>
          Leave the comparison
        </button>
      </p>
    </State>
  );
}

/** One of the two times cannot be shown, and why; the oldest that can is offered. */
export function NotComparable({ message, comparison }: { message: string; comparison: Comparison }) {
  const limits = useQuery({
    queryKey: ['limits'],
    queryFn: ({ signal }) => fetchLimits(signal),
    retry: false,
  });
  const oldest = Math.min(...(limits.data?.history ?? []).flatMap(({ from }) => from ?? []));
  const now = useNow();
  return (
    <State title="This cannot be compared" tone="failing">
      <p>{message}.</p>
      <p className={styles.offers}>
        {comparison.kind === 'moments' && oldest < now - 120_000 && (
          <button
            type="button"
            className={styles.textButton}
            onClick={() => go.compare(sinceOldest(oldest, now))}
          >
            Compare the oldest that is remembered with now
          </button>
        )}
        <button type="button" className={styles.textButton} onClick={() => go.compare(undefined)}>
          Leave the comparison
        </button>
      </p>
    </State>
  );
}

/** Nothing is left to be drawn: all is well, or the same, or the focus has gone. */
export function AllHealthy({ view }: { view: TopologyView }) {
  return (
    <div className={styles.nothing}>
      {view.hideHealthy && view.comparison ? (
        <State title="Nothing differs">
          <p>
            No call differs by more than chance explains.{' '}
            <button type="button" className={styles.inline} onClick={() => go.hideHealthy(false)}>
              Show everything
            </button>
          </p>
        </State>
      ) : view.hideHealthy ? (
        <State title="Nothing is failing">
          <p>
            At least 99 % of the requests of every workload and every call succeed.{' '}
            <button type="button" className={styles.inline} onClick={() => go.hideHealthy(false)}>
              Show everything
            </button>
          </p>
        </State>
      ) : (
        <State title={`${view.focus ?? 'It'} is not in the graph now`}>
          <p>
            Nobody has called it for ten minutes.{' '}
            <button type="button" className={styles.inline} onClick={() => go.focus(undefined)}>
              Show everything
            </button>
          </p>
        </State>
      )}
    </div>
  );
}

const columns = [1, 1, 3, 2, 1];

/** The shape of a map, greyed. */
export function MapSkeleton() {
  return (
    <div className={styles.skeleton} role="status" aria-label="Loading the map">
      {columns.map((n, column) => (
        <div key={column}>
          {Array.from({ length: n }, (_, i) => (
            <Bone key={i} width={152} height={46} />
          ))}
        </div>
      ))}
    </div>
  );
}
