import { useState } from 'react';
import { fetchTraces } from '../../api/traces';
import { Icon } from '../../components/Icon';
import { Link, navigate, url } from '../../components/navigation';
import { useNow } from '../../components/useNow';
import { buildTrace, type Trace } from '../../model/trace';
import { typical } from '../../model/traceComparison';
import { parseQuery, toApi } from '../../model/traceQuery';
import styles from './trace.module.css';

/** How far around the trace its like are looked for, and how many are looked at. */
const AROUND_MS = 1_800_000;
const LOOKED_AT = '200';

/** A slow or failed trace says most beside one that went as usual; or beside one of your own choice. */
export function CompareLinks({ trace }: { trace: Trace }) {
  const [said, setSaid] = useState<string>();
  const now = useNow(60_000);
  const [root] = trace.roots;
  if (!root) return null;
  const at = trace.start / 1000;
  const like = {
    service: root.service,
    operation: root.operation,
    from: (at - AROUND_MS).toFixed(0),
    to: Math.min(at + AROUND_MS, now).toFixed(0),
  };
  const compare = async () => {
    setSaid('Looking…');
    try {
      const query = parseQuery(new URLSearchParams({ ...like, limit: LOOKED_AT }));
      const found = (await fetchTraces(toApi(query, Date.now()))).map(buildTrace);
      const other = typical(found, trace);
      if (other) navigate(url('/traces/compare', { a: other.id, b: trace.id }));
      else setSaid('None alike went well');
    } catch (problem) {
      setSaid(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <span className={styles.compare}>
      <button
        type="button"
        title={`Compare with the middle one of those that began with ${root.service} ${root.operation} half an hour around it and ended well`}
        onClick={() => void compare()}
      >
        <Icon name="diff" size={14} />
        <span aria-live="polite">
          {said ?? (
            <>
              Compare<span className={styles.more}> with a typical one</span>
            </>
          )}
        </span>
      </button>
      <Link to={url('/traces', { ...like, with: trace.id })} title="Choose the other one yourself">
        Choose…
      </Link>
    </span>
  );
}
