import type { Exchange } from '../../api/tap';
import { Icon } from '../../components/Icon';
import { Link, navigate, url, urlWith } from '../../components/navigation';
import { decisions } from '../../model/decisions';
import { spanOf } from '../../model/exchange';
import { micros, text } from '../../model/format';
import styles from './live.module.css';

/** Why one exchange went as it went, then everything that its sidecar says of it. */
export function ExchangePanel({ exchange }: { exchange: Exchange }) {
  const span = spanOf(exchange);
  return (
    <aside className={styles.panel} data-panel aria-label="The chosen exchange" data-testid="exchange-panel">
      <header>
        <h2>
          {exchange.workload} · {exchange.name}
        </h2>
        <button
          type="button"
          aria-label="Close (Esc)"
          title="Close (Esc)"
          onClick={() => navigate(urlWith({ exchange: null }), { replace: true })}
        >
          <Icon name="close" />
        </button>
      </header>
      <p>
        <span className="mono">{exchange.sidecar}</span> · {exchange.direction} ·{' '}
        {text(micros(span.duration))} ·{' '}
        <Link to={url(`/traces/${exchange.trace_id}`, { span: exchange.span_id })}>Its trace</Link>
      </p>
      <ol>
        {decisions(span).map((sentence) => (
          <li key={sentence.text} data-tone={sentence.tone}>
            {sentence.text}
          </li>
        ))}
      </ol>
      <dl>
        {[...span.tags]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
      </dl>
    </aside>
  );
}
