import type { JaegerSpan, JaegerTrace, Tag } from '../api/traces';
import { SERVED } from './fates';

export interface LogEntry {
  /** Unix microseconds. */
  at: number;
  event: string;
  fields: ReadonlyMap<string, Tag['value']>;
}

/** A span in its place; times are microseconds, `start` since the Unix epoch. */
export interface Span {
  id: string;
  service: string;
  operation: string;
  kind: string;
  start: number;
  duration: number;
  tags: ReadonlyMap<string, Tag['value']>;
  resource: ReadonlyMap<string, Tag['value']>;
  logs: readonly LogEntry[];
  /** The proxy's word for how it ended; undefined on spans that are not the proxy's. */
  fate: string | undefined;
  failed: boolean;
  children: Span[];
  parent: Span | undefined;
  /** A parent is named but did not arrive. */
  orphan: boolean;
  /** What is odd about it, in sentences of the search. */
  warnings: readonly string[];
  /** Set on the attempts of an exchange that had more than one: its number from 1, and why the next one was made. */
  attempt: Attempt | undefined;
}

export interface Attempt {
  number: number;
  retry: Retry | undefined;
}

export interface Retry {
  decision: string;
  reason: string;
}

export interface Trace {
  id: string;
  roots: Span[];
  /** In the order of the waterfall: parents before children, by start. */
  spans: Span[];
  start: number;
  duration: number;
  services: ServiceCount[];
  failedSpans: number;
  /** What is odd about it as a whole: that it is cut, that clocks differ. */
  warnings: readonly string[];
}

export interface ServiceCount {
  name: string;
  spans: number;
}

export const end = (span: Span): number => span.start + span.duration;

const values = (tags: readonly Tag[] | null | undefined): Map<string, Tag['value']> =>
  new Map((tags ?? []).map((tag) => [tag.key, tag.value]));

export const word = (map: ReadonlyMap<string, Tag['value']>, key: string): string | undefined => {
  const value = map.get(key);
  return value === undefined ? undefined : String(value);
};

export function number(map: ReadonlyMap<string, Tag['value']>, key: string): number | undefined {
  const value = Number(map.get(key));
  return map.has(key) && Number.isFinite(value) ? value : undefined;
}

function toSpan(span: JaegerSpan, trace: JaegerTrace): Span {
  const process = trace.processes[span.processID];
  const tags = values(span.tags);
  const fate = word(tags, 'tracery.fate');
  return {
    id: span.spanID,
    service: process?.serviceName ?? 'unknown',
    operation: span.operationName,
    kind: word(tags, 'span.kind') ?? 'internal',
    start: span.startTime,
    duration: span.duration,
    tags,
    resource: values(process?.tags),
    logs: span.logs
      .map((log) => {
        const fields = values(log.fields);
        return { at: log.timestamp, event: word(fields, 'event') ?? '', fields };
      })
      .toSorted((a, b) => a.at - b.at),
    fate,
    // The proxy's own word rules: to it an answer of 404 is served, though its caller's span is marked as an error.
    failed: fate === undefined ? tags.get('error') === true || tags.get('error') === 'true' : fate !== SERVED,
    children: [],
    parent: undefined,
    orphan: false,
    warnings: span.warnings ?? [],
    attempt: undefined,
  };
}

/** The tree of a trace. Bad parents (missing, of another trace, in a circle) make a span a root, never lose it. */
export function buildTrace(jaeger: JaegerTrace): Trace {
  const spans = new Map<string, Span>();
  for (const span of jaeger.spans) if (!spans.has(span.spanID)) spans.set(span.spanID, toSpan(span, jaeger));
  const parents = new Map<string, string | undefined>();
  for (const { spanID, traceID, references } of jaeger.spans)
    if (!parents.has(spanID))
      parents.set(spanID, references.find((r) => r.refType === 'CHILD_OF' && r.traceID === traceID)?.spanID);
  const circular = inCircles(parents);
  const roots: Span[] = [];
  for (const span of spans.values()) {
    const parentId = parents.get(span.id);
    const parent = parentId === undefined ? undefined : spans.get(parentId);
    span.orphan = parentId !== undefined && !parent;
    if (parent && !circular.has(span.id)) adopt(parent, span);
    else roots.push(span);
  }
  for (const span of spans.values()) arrangeAttempts(span);
  const ordered = inOrder(roots);
  const start = ordered.reduce((first, span) => Math.min(first, span.start), Infinity);
  const last = ordered.reduce((latest, span) => Math.max(latest, end(span)), -Infinity);
  return {
    id: jaeger.traceID,
    roots: roots.toSorted(byStart),
    spans: ordered,
    start: ordered.length ? start : 0,
    duration: ordered.length ? last - start : 0,
    services: countServices(ordered),
    failedSpans: ordered.filter((span) => span.failed).length,
    warnings: jaeger.warnings ?? [],
  };
}

/** Which ids are their own ancestors. Each is walked over once: a trace may be one chain of all its spans. */
function inCircles(parents: ReadonlyMap<string, string | undefined>): Set<string> {
  const circular = new Set<string>();
  /** The walk that came by first, by where it began. */
  const walks = new Map<string, string>();
  for (const begin of parents.keys()) {
    const way: string[] = [];
    let at: string | undefined = begin;
    for (; at !== undefined && !walks.has(at); at = parents.get(at)) {
      walks.set(at, begin);
      way.push(at);
    }
    // It ends in itself: from there on it is a circle.
    if (at !== undefined && walks.get(at) === begin)
      for (const id of way.slice(way.indexOf(at))) circular.add(id);
  }
  return circular;
}

function adopt(parent: Span, child: Span): void {
  parent.children.push(child);
  child.parent = parent;
}

const byStart = (a: Span, b: Span) => a.start - b.start || b.duration - a.duration || (a.id < b.id ? -1 : 1);

/**
 * An exchange with several attempts has a span for each. The first one sent its request under the exchange's own id,
 * so what the callee saw of it hangs at the exchange: it is moved under the attempt that caused it.
 */
function arrangeAttempts(exchange: Span): void {
  if ((number(exchange.tags, 'tracery.attempts') ?? 1) < 2) return;
  const attempts = exchange.children
    .filter((child) => child.service === exchange.service && child.tags.has('tracery.attempt'))
    .toSorted(byStart);
  if (attempts.length === 0) return;
  const retries = new Map(
    exchange.logs
      .filter((log) => log.event === 'tracery.retry')
      .map((log) => [
        number(log.fields, 'tracery.attempt') ?? 0,
        {
          decision: word(log.fields, 'tracery.retry.decision') ?? '',
          reason: word(log.fields, 'tracery.retry.reason') ?? '',
        },
      ]),
  );
  attempts.forEach((attempt, i) => {
    const n = number(attempt.tags, 'tracery.attempt') ?? i + 1;
    attempt.attempt = { number: n, retry: retries.get(n) };
  });
  const own = new Set(attempts);
  const caused = exchange.children.filter((child) => !own.has(child)).toSorted(byStart);
  exchange.children = attempts;
  let last = 0;
  for (const child of caused) {
    while ((attempts[last + 1]?.start ?? Infinity) <= child.start) last++;
    const cause = attempts[last];
    if (cause) adopt(cause, child);
  }
}

function inOrder(roots: readonly Span[]): Span[] {
  const ordered: Span[] = [];
  const stack = roots.toSorted(byStart).reverse();
  for (let span = stack.pop(); span; span = stack.pop()) {
    ordered.push(span);
    span.children.sort(byStart);
    for (let i = span.children.length - 1; i >= 0; i--) {
      const child = span.children[i];
      if (child) stack.push(child);
    }
  }
  return ordered;
}

function countServices(spans: readonly Span[]): ServiceCount[] {
  const counts = new Map<string, number>();
  for (const span of spans) counts.set(span.service, (counts.get(span.service) ?? 0) + 1);
  return [...counts].map(([name, n]) => ({ name, spans: n }));
}

/** How a trace as a whole went: `failed` for whoever asked, or `recovered` where only something inside failed. */
export type Outcome = 'served' | 'recovered' | 'failed';

export function outcome(trace: Trace): Outcome {
  if (trace.roots.some((root) => root.failed)) return 'failed';
  return trace.failedSpans > 0 ? 'recovered' : 'served';
}

/** The fate of the first failed span from the top: what the trace's failure is called by. */
export function firstFate(trace: Trace): string | undefined {
  const failed = trace.spans.find((span) => span.failed);
  return failed && failure(failed);
}

/** What a failed span ended as, or its error where it is not the proxy's. */
export const failure = (span: Span): string => span.fate ?? word(span.tags, 'error.type') ?? 'error';

/** The refusal that a served request got, for example 404 or NOT_FOUND. */
export function refusal(span: Span): string | undefined {
  if (span.failed) return undefined;
  const status = number(span.tags, 'http.response.status_code');
  if (status !== undefined && status >= 400) return `answered ${status}`;
  const code = word(span.tags, 'rpc.response.status_code');
  return code !== undefined && code !== 'OK' ? `answered ${code}` : undefined;
}

/** What a person calls the span: the receiving proxy names its spans after a port, and the path says more. */
export function title(span: Span): string {
  const [, method] = /^(\S+) (?:inbound\/\d+|default)$/.exec(span.operation) ?? [];
  const path = word(span.tags, 'url.path');
  return method && path ? `${method} ${path}` : span.operation;
}
