import { Figure } from '../../components/Figure';
import { Link, url } from '../../components/navigation';
import { decisions } from '../../model/decisions';
import { fateMeaning, fateWords } from '../../model/fates';
import { micros, share, text } from '../../model/format';
import { stagesOf } from '../../model/stages';
import { failure, word, type LogEntry, type Span, type Trace } from '../../model/trace';
import { selfTime } from '../../model/waterfall';
import styles from './spanPanel.module.css';

/** Why the span went as it went, then where its time went, then everything that is known of it. */
export function SpanPanel({ trace, span, color }: { trace: Trace; span: Span; color: string | undefined }) {
  const namespace = word(span.resource, 'service.namespace');
  const node = namespace ? `${namespace}/${span.service}` : undefined;
  const others = span.logs.filter((log) => !log.event.startsWith('tracery.'));
  return (
    <aside className={styles.panel} data-panel aria-label="The chosen span" data-testid="span-panel">
      <header>
        <h2>
          <i style={{ background: color }} aria-hidden />
          {span.service}
          {span.attempt && ` · attempt ${span.attempt.number}`}
        </h2>
        <p>{span.operation}</p>
        <p className={styles.meta}>
          {kinds[span.kind] ?? span.kind} · began at {text(micros(span.start - trace.start))} · took{' '}
          {text(micros(span.duration))}
          {span.children.length > 0 && ` · ${text(micros(selfTime(span)))} its own`}
        </p>
        {span.failed && (
          <p className={styles.fate}>
            {fateWords(failure(span))}
            {span.fate && fateMeaning(span.fate) && `: ${fateMeaning(span.fate)}`}
          </p>
        )}
        {span.warnings.map((warning) => (
          <p key={warning} className={styles.meta}>{`Mind that ${warning}.`}</p>
        ))}
        <nav aria-label="Elsewhere">
          {node && <Link to={url('/', { node })}>In the topology</Link>}
          <Link to={url('/traces', { service: span.service, operation: span.operation })}>
            Traces like this
          </Link>
        </nav>
      </header>
      <Why span={span} />
      <Stages span={span} />
      {others.length > 0 && <Events span={span} logs={others} />}
      <Attributes title="Attributes" entries={[...span.tags]} />
      <Attributes title="Where it was seen" entries={[...span.resource]} />
      <section>
        <dl className={styles.attributes}>
          <div>
            <dt>span id</dt>
            <dd>{span.id}</dd>
          </div>
        </dl>
      </section>
    </aside>
  );
}

const kinds: Record<string, string> = {
  client: 'outgoing call',
  server: 'incoming request',
  producer: 'message sent',
  consumer: 'message received',
  internal: 'inside the application',
};

function Why({ span }: { span: Span }) {
  const sentences = decisions(span);
  if (sentences.length === 0) return null;
  return (
    <section aria-label="Why">
      <h3>Why</h3>
      <ol className={styles.why}>
        {sentences.map((sentence, i) => (
          <li key={i} data-tone={sentence.tone}>
            <span>{sentence.at === undefined ? '' : text(micros(sentence.at))}</span>
            {sentence.text}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Stages({ span }: { span: Span }) {
  const stages = stagesOf(span);
  if (stages.length === 0) return null;
  return (
    <section>
      <h3>Where its time went</h3>
      <table className={styles.stages}>
        <tbody>
          {stages.map((stage) => (
            <tr key={stage.name}>
              <td>
                <i data-stage={stage.name} aria-hidden />
              </td>
              <th scope="row">{stage.words}</th>
              <td>
                <Figure of={micros(stage.micros)} />
              </td>
              <td>
                <Figure of={share(stage.micros / Math.max(span.duration, 1))} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Events({ span, logs }: { span: Span; logs: readonly LogEntry[] }) {
  return (
    <section>
      <h3>Events</h3>
      <ol className={styles.why}>
        {logs.map((log, i) => (
          <li key={i}>
            <span>{text(micros(log.at - span.start))}</span>
            {log.event || 'log'}
            {[...log.fields]
              .filter(([key]) => key !== 'event')
              .map(([key, value]) => (
                <code key={key}>
                  {key}={String(value)}
                </code>
              ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Attributes({ title, entries }: { title: string; entries: [string, string | number | boolean][] }) {
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl className={styles.attributes}>
        {entries
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
