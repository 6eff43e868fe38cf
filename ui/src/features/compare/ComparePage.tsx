import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { fetchComparison, type ComparedTrace, type TraceComparison } from '../../api/traceComparison';
import { CopyButton } from '../../components/Controls';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { Icon } from '../../components/Icon';
import { Link, navigate, rememberedSearch, url, useLocation } from '../../components/navigation';
import { Bone, State } from '../../components/State';
import { clockMillis, day, micros, share, text } from '../../model/format';
import { serviceColors } from '../../model/serviceColor';
import { countCalls, parts, signed, verdict } from '../../model/traceComparison';
import { CallRows } from './CallRows';
import styles from './compare.module.css';

/** Two traces laid over one another: which calls came, left or took longer, and where the time between them went. */
export function ComparePage() {
  const { params } = useLocation();
  const a = params.get('a') ?? '';
  const b = params.get('b') ?? '';
  const both = a !== '' && b !== '';
  const { data, error } = useQuery({
    queryKey: ['compared', a, b],
    queryFn: ({ signal }) => fetchComparison(a, b, signal),
    enabled: both,
    retry: false,
    staleTime: Infinity,
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.target as HTMLElement).closest('input, select')) return;
      if (event.key === 'Escape') navigate(rememberedSearch());
      else if (event.key === 'x') navigate(url('/traces/compare', { a: b, b: a }), { replace: true });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });
  return (
    <>
      <Header
        title={
          <span className={styles.title}>
            <Link to={rememberedSearch()} aria-label="Back to the traces" title="Back to the traces (Esc)">
              Traces
            </Link>
            <Icon name="chevron" size={14} />
            Two compared
          </span>
        }
        tab="Two traces"
        timed={false}
      >
        {data && (
          <>
            <Link
              className={styles.swap}
              to={url('/traces/compare', { a: b, b: a })}
              title="A for B and B for A (x)"
            >
              Swap
            </Link>
            <CopyButton text={() => Promise.resolve(window.location.href)} label="Link" icon="link" />
          </>
        )}
      </Header>
      <FreshnessBanner />
      {!both ? (
        <State title="Two traces are needed">
          <p>
            Find one in the <Link to="/traces">traces</Link> and choose <em>Compare</em> in its row, then
            another; or open one and compare it from there.
          </p>
        </State>
      ) : error ? (
        <State title="These two cannot be compared" tone="failing">
          <p>
            {error.message}. A trace may be older than what is kept, or so new that it is still on its way.
          </p>
          <p>
            <Link to={rememberedSearch()}>Search traces</Link>
          </p>
        </State>
      ) : data ? (
        <Compared comparison={data} />
      ) : (
        <div className={styles.loading} role="status" aria-label="Comparing">
          <Bone width="50%" height={40} />
          {Array.from({ length: 9 }, (_, i) => (
            <Bone key={i} width={`${90 - i * 6}%`} height={20} />
          ))}
        </div>
      )}
    </>
  );
}

function Compared({ comparison }: { comparison: TraceComparison }) {
  const { a, b, nodes } = comparison;
  const colors = useMemo(() => serviceColors([...new Set(nodes.map((node) => node.service))]), [nodes]);
  const counts = countCalls(nodes);
  return (
    <div className={styles.page} data-testid="comparison">
      <div className={styles.sides}>
        <Side letter="A" trace={a} />
        <Side letter="B" trace={b} />
        <p className={styles.verdict}>
          <strong>{verdict(comparison)}.</strong>{' '}
          {[
            counts.changed > 0 && `${counts.changed} calls differ`,
            counts.came > 0 && `${counts.came} only in B`,
            counts.left > 0 && `${counts.left} only in A`,
            counts.same > 0 && `${counts.same} about the same`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <WhereItWent comparison={comparison} />
      <CallRows nodes={nodes} longest={Math.max(a.duration, b.duration)} colors={colors} />
    </div>
  );
}

function Side({ letter, trace }: { letter: string; trace: ComparedTrace }) {
  const at = trace.startTime / 1000;
  return (
    <p className={styles.side}>
      <b>{letter}</b>
      <strong>{text(micros(trace.duration))}</strong>
      <span>
        {day(at)} {clockMillis(at)} · {trace.spans} spans
        {trace.errors > 0 && ` · ▲ ${trace.errors} failed`} ·{' '}
        <Link to={`/traces/${trace.traceId}`} className="mono">
          {trace.traceId.slice(0, 16)}
        </Link>
      </span>
    </p>
  );
}

const MOST_PARTS = 5;

/** Whose own time on the critical path makes the difference: the parts add up to it. */
function WhereItWent({ comparison: { a, b, nodes } }: { comparison: TraceComparison }) {
  const all = useMemo(() => parts(nodes), [nodes]);
  if (all.length === 0) return null;
  const most = all.slice(0, MOST_PARTS);
  const largest = Math.max(...most.map((part) => Math.abs(part.b - part.a)), 1);
  return (
    <section className={styles.parts} aria-label="Where the time went" tabIndex={0}>
      <h2>Where the time went</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">On the critical path</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
            <th scope="col">B − A</th>
            <th scope="col" aria-hidden />
          </tr>
        </thead>
        <tbody>
          {most.map((part) => (
            <tr key={`${part.service} ${part.operation}`}>
              <th scope="row">
                {part.service} <span>{part.operation}</span>
              </th>
              <td>
                {text(micros(part.a))} <i>{text(share(part.a / Math.max(a.duration, 1)))}</i>
              </td>
              <td>
                {text(micros(part.b))} <i>{text(share(part.b / Math.max(b.duration, 1)))}</i>
              </td>
              <td>{signed(part.b - part.a)}</td>
              <td>
                <u
                  data-less={part.b < part.a || undefined}
                  style={{ width: `${(Math.abs(part.b - part.a) / largest) * 100}%` }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > most.length && <p>{all.length - most.length} smaller differences beside these.</p>}
    </section>
  );
}
