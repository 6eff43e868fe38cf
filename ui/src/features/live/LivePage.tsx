import { useEffect, useMemo, useState } from 'react';
import type { Exchange } from '../../api/tap';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { Icon } from '../../components/Icon';
import { navigate, urlWith, useLocation } from '../../components/navigation';
import { State } from '../../components/State';
import { count } from '../../model/format';
import { tapQuery } from '../../model/exchange';
import { ExchangePanel } from './ExchangePanel';
import { ExchangeTable } from './ExchangeTable';
import { Filters } from './Filters';
import { TokenForm } from './TokenForm';
import { useTap, useToken, type Tap } from './useTap';
import styles from './live.module.css';

/** Single exchanges as sidecars see them end, back a little and forward. */
export function LivePage() {
  const { params } = useLocation();
  const [token, setToken] = useToken();
  const query = useMemo(() => tapQuery(params).toString(), [params]);
  const [round, setRound] = useState(0);
  const tap = useTap(query, token, round);
  const [frozen, setFrozen] = useState<{ exchanges: readonly Exchange[]; received: number }>();
  const shown = frozen?.exchanges ?? tap.exchanges;
  const chosenId = params.get('exchange');
  const chosen = shown.find((exchange) => exchange.span_id === chosenId);
  const refused = tap.over?.status === 401 || tap.over?.status === 403;

  const toggle = () => setFrozen(frozen ? undefined : { exchanges: tap.exchanges, received: tap.received });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.target as HTMLElement).closest('input, select, button')) return;
      if (event.key === 'Escape') navigate(urlWith({ exchange: null }), { replace: true });
      else if (event.key === ' ') toggle();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });

  return (
    <>
      <Header title="Live" tab="Live" timed={false} summary={<Status tap={tap} />}>
        {token && (
          <>
            <button
              type="button"
              className={styles.button}
              title="Pause (space)"
              aria-pressed={frozen !== undefined}
              onClick={toggle}
            >
              <Icon name={frozen ? 'play' : 'pause'} size={14} />
              {frozen ? `Go on, ${count(tap.received - frozen.received)} new` : 'Pause'}
            </button>
            <button type="button" className={styles.button} onClick={() => setToken('')}>
              Forget the token
            </button>
          </>
        )}
      </Header>
      <FreshnessBanner />
      {token && !refused && <Filters />}
      <Notes tap={tap} again={() => setRound(round + 1)} />
      {!token || refused ? (
        <TokenForm refusal={refused ? tap.over?.message : undefined} onToken={setToken} />
      ) : (
        <div className={styles.body}>
          {shown.length === 0 ? (
            <Nothing tap={tap} />
          ) : (
            <div className={styles.rows} data-panel={chosen ? 'open' : undefined}>
              <ExchangeTable exchanges={shown} chosen={chosenId ?? undefined} />
            </div>
          )}
          {chosen && <ExchangePanel exchange={chosen} />}
        </div>
      )}
    </>
  );
}

function Status({ tap: { state, started, status, received } }: { tap: Tap }) {
  if (state === 'idle') return null;
  if (state === 'asking') return <>asking…</>;
  return (
    <>
      {count(status?.sidecars ?? started?.sidecars.length ?? 0)} sidecars · {count(received)} exchanges
      {status &&
        status.dropped.rate + status.dropped.slow > 0 &&
        ` · ${count(status.dropped.rate + status.dropped.slow)} left out by the rate`}
      {status && status.missed > 0 && ` · ${count(status.missed)} missed`}
    </>
  );
}

/** What is said of the tap itself stands where its rows stand, not in a corner. */
function Notes({ tap, again }: { tap: Tap; again: () => void }) {
  const notes = tap.status?.notes ?? [];
  const over = tap.over && tap.over.status !== 401 && tap.over.status !== 403 ? tap.over : undefined;
  if (notes.length === 0 && !over) return null;
  return (
    <div className={styles.notes} role="status">
      {over && (
        <p>
          <strong>{over.message}.</strong>{' '}
          {tap.state === 'broken' ? (
            'It is asked again by itself.'
          ) : (
            <button type="button" onClick={again}>
              Ask again
            </button>
          )}
        </p>
      )}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

function Nothing({ tap }: { tap: Tap }) {
  if (tap.state === 'over') return null;
  return (
    <State title={tap.state === 'asking' ? 'Asking the sidecars' : 'No exchange matches yet'}>
      <p>
        {tap.state === 'asking'
          ? 'The first exchanges show up as soon as they end.'
          : 'Exchanges show up here when they end. Look back, or take a condition away.'}
      </p>
    </State>
  );
}
