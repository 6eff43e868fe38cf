import { useEffect, useMemo, useState } from 'react';
import { navigate, rememberedSearch, urlWith, useLocation } from '../../components/navigation';
import { criticalPath, pathByService } from '../../model/criticalPath';
import { micros, share, text } from '../../model/format';
import { serviceColors } from '../../model/serviceColor';
import type { Span, Trace } from '../../model/trace';
import { rowsOf, step } from '../../model/waterfall';
import { SpanPanel } from './SpanPanel';
import { Waterfall } from './Waterfall';
import styles from './trace.module.css';

/** The waterfall and, beside it, why the chosen span went as it went. */
export function TraceView({ trace }: { trace: Trace }) {
  const { params } = useLocation();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(trace, folded), [trace, folded]);
  const path = useMemo(() => criticalPath(trace), [trace]);
  const services = useMemo(() => pathByService(trace, path), [trace, path]);
  const colors = useMemo(() => serviceColors(trace.services.map((service) => service.name)), [trace]);
  // Without a choice, the panel begins with what went wrong deepest: the cause, not what it caused further up.
  const chosen = trace.spans.find((span) => span.id === params.get('span')) ?? cause(trace) ?? trace.spans[0];

  const select = (span: Span) => navigate(urlWith({ span: span.id }), { replace: true });
  const fold = (span: Span, wanted: boolean) => {
    if (span.children.length === 0 || folded.has(span.id) === wanted) return;
    const next = new Set(folded);
    if (wanted) next.add(span.id);
    else next.delete(span.id);
    setFolded(next);
  };

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || target.closest('input, select, [data-panel]'))
        return;
      if (event.key === 'Escape') navigate(rememberedSearch());
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        const next = step(rows, chosen?.id, event.key === 'ArrowDown' ? 'down' : 'up');
        if (next) select(next);
      } else if (event.key === 'ArrowLeft' && chosen) {
        if (chosen.children.length > 0 && !folded.has(chosen.id)) fold(chosen, true);
        else if (chosen.parent) select(chosen.parent);
      } else if (event.key === 'ArrowRight' && chosen) fold(chosen, false);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });

  return (
    <div className={styles.view}>
      <div className={styles.left}>
        <WhereTimeWent trace={trace} services={services} />
        <Waterfall
          trace={trace}
          rows={rows}
          path={path}
          colors={colors}
          selected={chosen?.id}
          onSelect={select}
          onFold={fold}
        />
      </div>
      {chosen && <SpanPanel trace={trace} span={chosen} color={colors.get(chosen.service)} />}
    </div>
  );
}

function cause(trace: Trace): Span | undefined {
  return trace.spans.find((span) => span.failed && !span.children.some((child) => child.failed));
}

/** The critical path in a line: whose own time made the trace as long as it was. */
function WhereTimeWent({
  trace,
  services,
}: {
  trace: Trace;
  services: { service: string; micros: number }[];
}) {
  const most = services.slice(0, 4);
  return (
    <p className={styles.path}>
      <i aria-hidden /> Critical path:{' '}
      {most.map((entry, i) => (
        <span key={entry.service}>
          {i > 0 && ' · '}
          {entry.service} <b>{text(micros(entry.micros))}</b> (
          {text(share(entry.micros / Math.max(trace.duration, 1)))})
        </span>
      ))}
      {services.length > most.length && ` · ${services.length - most.length} more`}
    </p>
  );
}
