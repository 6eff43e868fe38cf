import { useMemo, useState } from 'react';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { Icon } from '../../components/Icon';
import { navigate, urlWith, useLocation } from '../../components/navigation';
import { Bone, State } from '../../components/State';
import { clock, micros, text } from '../../model/format';
import { brushText, parseBrush, within, type Brush, type Mark } from '../../model/scatter';
import { problems, timeOf } from '../../model/traceQuery';
import { Scatter } from './Scatter';
import { SearchForm } from './SearchForm';
import { TraceTable } from './TraceTable';
import { search, useDefaultService, useNames, useResults, useTraceQuery, type Results } from './useSearch';
import styles from './traces.module.css';

export function TraceSearch() {
  const query = useTraceQuery();
  const { services, operations } = useNames(query);
  useDefaultService(query, services.data);
  const results = useResults(query);
  const wrong = problems(query);

  return (
    <>
      <Header
        title="Traces"
        tab="Traces"
        timed="alone"
        summary={results.marks && !results.error && <Counts marks={results.marks} />}
      />
      <FreshnessBanner />
      <SearchForm
        key={JSON.stringify(query)}
        query={query}
        services={services.data ?? []}
        operations={operations.data ?? []}
        searching={results.searching}
        onSearch={(change) => {
          const before = window.location.search;
          search(query, change);
          if (window.location.search === before) results.again();
        }}
      />
      {wrong.length > 0 && (
        <ul className={styles.problems} role="alert">
          {wrong.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      {services.data?.length === 0 ? (
        <State title="No trace has been kept yet" command="./tracery demo">
          <p>Traces show up here a few seconds after the first request has passed through a sidecar.</p>
          <p>To see some, run this at the root of the repository:</p>
        </State>
      ) : services.error ? (
        <State title="The trace search does not answer" tone="failing">
          <p>
            {services.error.message}. It is asked again by itself every few seconds; the topology does not
            depend on it.
          </p>
        </State>
      ) : (
        <Found results={results} />
      )}
    </>
  );
}

function Counts({ marks }: { marks: readonly Mark[] }) {
  const failed = marks.filter((mark) => mark.outcome === 'failed').length;
  const recovered = marks.filter((mark) => mark.outcome === 'recovered').length;
  return (
    <>
      {marks.length} {marks.length === 1 ? 'trace' : 'traces'}
      {failed > 0 && ` · ${failed} failed`}
      {recovered > 0 && ` · ${recovered} recovered`}
    </>
  );
}

function Found({ results }: { results: Results }) {
  const query = useTraceQuery();
  const { params } = useLocation();
  const { marks, foundAt, error, searching } = results;
  const brush = useMemo(() => parseBrush(params.get('brush')), [params]);
  const [hovered, setHovered] = useState<string>();
  const chosen = useMemo(() => marks?.filter((mark) => within(mark, brush)) ?? [], [marks, brush]);

  if (error) {
    return (
      <State title="The search failed" tone="failing">
        <p>{error.message}.</p>
        <p>
          <button type="button" className={styles.action} onClick={results.again}>
            Search again
          </button>
        </p>
      </State>
    );
  }
  if (!marks) return <Loading />;
  if (marks.length === 0) {
    return (
      <State title={`No trace of ${query.service} matches`}>
        <p>
          {query.operation || query.tags || query.min || query.max
            ? 'Every condition must hold for one and the same span. Take one away, or look further back.'
            : 'Nothing of it was kept in this time. Look further back.'}
        </p>
      </State>
    );
  }
  // A search that its limit cut off says nothing of the time before its oldest trace.
  const asked = timeOf(query, foundAt);
  const cut = marks.length >= query.limit;
  const time = cut ? { ...asked, from: Math.min(...marks.map((mark) => mark.at)) } : asked;
  const setBrush = (next: Brush | undefined) =>
    navigate(urlWith({ brush: next ? brushText(next) : null }), { replace: true });
  return (
    <div className={styles.results} data-searching={searching || undefined}>
      <Scatter
        marks={marks}
        time={time}
        brush={brush}
        hovered={hovered}
        onBrush={setBrush}
        onHover={setHovered}
      />
      <Waiting />
      <div className={styles.bar} aria-live="polite">
        {brush ? (
          <>
            <span>
              {chosen.length} of {marks.length}: {clock(brush.from)} – {clock(brush.to)},{' '}
              {text(micros(brush.low))} – {text(micros(brush.high))}
            </span>
            <button type="button" onClick={() => search(query, { from: brush.from, to: brush.to })}>
              Search this time
            </button>
            <button type="button" onClick={() => setBrush(undefined)}>
              Show all
            </button>
          </>
        ) : (
          <span>
            {marks.length >= query.limit
              ? `The newest ${marks.length}; more may match.`
              : `All ${marks.length} that match.`}{' '}
            Drag a box to narrow them down.
          </span>
        )}
      </div>
      <TraceTable marks={chosen} hovered={hovered} onHover={setHovered} />
    </div>
  );
}

/** One is chosen, and another is to be chosen for it. */
function Waiting() {
  const chosen = useLocation().params.get('with');
  if (!chosen) return null;
  return (
    <p className={styles.waiting} role="status">
      <Icon name="diff" size={14} />
      <span>
        Choose the trace to compare with <span className="mono">{chosen.slice(0, 16)}</span>
      </span>
      <button type="button" onClick={() => navigate(urlWith({ with: null }), { replace: true })}>
        Do not compare
      </button>
    </p>
  );
}

const Loading = () => (
  <div className={styles.loading} role="status" aria-label="Searching">
    <Bone width="100%" height={190} />
    {Array.from({ length: 8 }, (_, i) => (
      <Bone key={i} width="100%" height={20} />
    ))}
  </div>
);
