import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError } from '../../api/http';
import { fetchTrace, traceUrl } from '../../api/traces';
import { CopyButton } from '../../components/Controls';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { Icon } from '../../components/Icon';
import { Link, rememberedSearch } from '../../components/navigation';
import { OutcomeMark } from '../../components/OutcomeMark';
import { Bone, State } from '../../components/State';
import { clockMillis, day, micros, text } from '../../model/format';
import { fateWords } from '../../model/fates';
import { buildTrace, firstFate, outcome, title, type Trace } from '../../model/trace';
import { CompareLinks } from './CompareLinks';
import { TraceView } from './TraceView';
import styles from './trace.module.css';

/** A trace that was just made may still be on its way to the search. */
const MISSING_RETRY_MS = 3_000;

export function TracePage({ id }: { id: string }) {
  const query = useQuery({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => fetchTrace(id, signal),
    retry: false,
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data ? false : MISSING_RETRY_MS),
  });
  const trace = useMemo(() => (query.data ? buildTrace(query.data) : undefined), [query.data]);
  const missing = query.data === null || (query.error instanceof ApiError && query.error.status === 404);
  const root = trace?.roots[0];

  return (
    <>
      <Header
        title={
          <span className={styles.title}>
            <Link to={rememberedSearch()} aria-label="Back to the traces" title="Back to the traces (Esc)">
              Traces
            </Link>
            <Icon name="chevron" size={14} />
            {root ? `${root.service} ${title(root)}` : id.slice(0, 16)}
          </span>
        }
        timed={false}
        tab={root ? `${root.service} ${title(root)}` : 'Trace'}
      >
        {trace && (
          <>
            {trace.spans.length > 0 && <CompareLinks trace={trace} />}
            <CopyAs id={trace.id} />
          </>
        )}
      </Header>
      <FreshnessBanner />
      {trace && trace.spans.length > 0 ? (
        <>
          <Facts trace={trace} />
          <Warnings of={trace.warnings} />
          <TraceView trace={trace} />
        </>
      ) : missing || trace ? (
        <State title="There is no such trace" command={rawCommand(id)}>
          <p>
            Nothing is kept under <span className="mono">{id}</span>. It may be older than what is kept, or so
            new that it is still on its way: it is looked for again every few seconds. What was recorded of
            it, kept or not, is told for half an hour by the command:
          </p>
        </State>
      ) : query.error ? (
        <State title="The trace cannot be read" tone="failing">
          <p>{query.error.message}. It is asked for again every few seconds.</p>
        </State>
      ) : (
        <Loading />
      )}
    </>
  );
}

/** All that the topic still has of it; the terminal takes ids in lower case only, and tells twenty exchanges unless asked for more. */
const rawCommand = (id: string) =>
  `./tracery traces --raw --since 30m --limit 1000 --trace ${id.toLowerCase()}`;

/** For a colleague, for the terminal, for a program. */
function CopyAs({ id }: { id: string }) {
  const command = `./tracery explain ${id}`;
  return (
    <span className={styles.copies} role="group" aria-label="Copy as">
      <CopyButton
        text={() => Promise.resolve(window.location.href)}
        label="Link"
        icon="link"
        hint="Copy the address of this page, with the chosen span"
      />
      <CopyButton
        text={command}
        label={
          <>
            <span className={styles.more}>tracery </span>explain
          </>
        }
        icon="terminal"
        hint={`Copy the command that tells this trace in a terminal: ${command}`}
      />
      <CopyButton text={() => copyOf(id)} label="JSON" hint="Copy the trace as the search API tells it" />
    </span>
  );
}

/** As the server tells it, not as this page understood it. */
async function copyOf(id: string): Promise<string> {
  const response = await fetch(traceUrl(id));
  if (!response.ok) throw new Error(`${traceUrl(id)} answered ${response.status}`);
  return response.text();
}

function Facts({ trace }: { trace: Trace }) {
  const how = outcome(trace);
  const fate = firstFate(trace);
  const startMs = trace.start / 1000;
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Began</dt>
        <dd>
          {day(startMs)} {clockMillis(startMs)}
        </dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>{text(micros(trace.duration))}</dd>
      </div>
      <div>
        <dt>Ended as</dt>
        <dd className={how === 'failed' ? styles.failedText : undefined}>
          <OutcomeMark outcome={how} /> {how === 'recovered' && 'recovered from '}
          {fate ? fateWords(fate) : 'served'}
        </dd>
      </div>
      <div>
        <dt>Spans</dt>
        <dd>
          {trace.spans.length} in {trace.services.length}{' '}
          {trace.services.length === 1 ? 'service' : 'services'}
        </dd>
      </div>
      <div>
        <dt>Trace</dt>
        <dd className="mono">{trace.id}</dd>
      </div>
    </dl>
  );
}

/** A trace says itself when it should not be trusted in full. */
function Warnings({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <ul className={styles.warnings} aria-label="What is odd about this trace">
      {of.map((warning) => (
        <li key={warning}>{`Mind that ${warning}.`}</li>
      ))}
    </ul>
  );
}

const Loading = () => (
  <div className={styles.loading} role="status" aria-label="Loading the trace">
    {[0, 1, 2, 2, 3, 1, 2].map((depth, i) => (
      <div key={i}>
        <span style={{ paddingLeft: depth * 14 }}>
          <Bone width={150} height={14} />
        </span>
        <span style={{ paddingLeft: `${i * 7}%` }}>
          <Bone width={`${70 - i * 8}%`} height={12} />
        </span>
      </div>
    ))}
  </div>
);
