import { fateWords, SERVED } from './fates';
import { latency, micros, text } from './format';
import { number, word, type LogEntry, type Span } from './trace';

export interface Sentence {
  /** Microseconds since the span's start; undefined for what holds for the span as a whole. */
  at: number | undefined;
  text: string;
  tone: 'plain' | 'failing';
}

/** Why a request went where it went, as the proxy recorded it, in sentences and in order. */
export function decisions(span: Span): Sentence[] {
  const told = span.logs.flatMap((log) => {
    const sentence = tell(log);
    return sentence ? [{ ...sentence, at: Math.max(0, log.at - span.start) }] : [];
  });
  const way = route(span);
  const ending = conclude(span);
  return [...(way ? [way] : []), ...told, ...(ending ? [ending] : [])];
}

function tell({ event, fields }: LogEntry): Omit<Sentence, 'at'> | undefined {
  switch (event) {
    case 'tracery.rate_limit':
      return {
        text: `Refused by a limit: ${word(fields, 'tracery.rate_limit') ?? 'too many requests'}.`,
        tone: 'failing',
      };
    case 'tracery.shed':
      return {
        text: `Not let through: ${word(fields, 'tracery.shed') ?? 'there was no place for it'}.`,
        tone: 'failing',
      };
    case 'tracery.fault':
      return { text: `Injected on purpose: ${word(fields, 'tracery.fault') ?? 'a fault'}.`, tone: 'plain' };
    case 'tracery.pick':
      return { text: pick(fields), tone: 'plain' };
    case 'tracery.hedge':
      return { text: hedge(fields), tone: 'plain' };
    case 'tracery.retry':
      return retry(fields);
    default:
      return undefined;
  }
}

type Fields = LogEntry['fields'];

/** Of an exchange; its attempts went the same way. */
function route(span: Span): Sentence | undefined {
  if (!span.fate || span.tags.has('tracery.attempt')) return undefined;
  const name = word(span.tags, 'tracery.route');
  const cluster = word(span.tags, 'tracery.cluster');
  if (!name) return { at: 0, text: `No route matched.`, tone: 'plain' };
  const default_ =
    name === 'default' ? 'No HTTPRoute matched, so the default route was taken' : `Route ${name} matched`;
  const led = cluster ? ` and led to ${clusterName(cluster)}` : '';
  return { at: 0, text: `${default_}${led}.`, tone: 'plain' };
}

/** `outbound/cart.shop/80` is cart in shop, port 80. */
function clusterName(cluster: string): string {
  const parts = /^(outbound|inbound)\/(?:([^./]+)\.([^/]+)\/)?(\d+)$/.exec(cluster);
  if (!parts) return cluster;
  const [, direction, service, namespace, port] = parts;
  return direction === 'inbound' || !service
    ? `the application on port ${port ?? ''}`
    : `${service}.${namespace ?? ''}, port ${port ?? ''}`;
}

function pick(fields: Fields): string {
  const attempt = number(fields, 'tracery.attempt');
  const endpoint = word(fields, 'tracery.pick.endpoint') ?? 'an endpoint';
  const cost = number(fields, 'tracery.pick.cost_ms');
  const other = word(fields, 'tracery.pick.other');
  const otherCost = number(fields, 'tracery.pick.other_cost_ms');
  const which = attempt !== undefined && attempt > 1 ? `Attempt ${attempt} went` : 'It went';
  const at = (ms: number | undefined) => (ms === undefined ? '' : ` (cost ${text(latency(ms))})`);
  const why = PICKED[word(fields, 'tracery.pick.reason') ?? ''];
  const leftOut = number(fields, 'tracery.pick.left_out') ?? 0;
  const out =
    leftOut === 0
      ? ''
      : ` ${leftOut === 1 ? 'One endpoint was' : `${leftOut} endpoints were`} left out for failing.`;
  const rest = other
    ? ` rather than ${other}${at(otherCost)}${why ? `, ${why}` : ''}`
    : `, ${why ?? 'the only endpoint to choose from'}`;
  return `${which} to ${endpoint}${at(cost)}${rest}.${out}`;
}

/** Why the balancer chose an endpoint, where it was not simply the cheaper one. */
const PICKED: Record<string, string | undefined> = {
  turn: 'whose turn it was',
  hash: 'where requests like it belong',
  probe: 'to find out whether it has recovered',
  zone_overflow: 'because the nearer ones would have been slower',
  slow_start: 'because the cheaper one is new',
};

function hedge(fields: Fields): string {
  const attempt = number(fields, 'tracery.attempt') ?? 1;
  const reason = word(fields, 'tracery.hedge.reason') ?? 'it was slow';
  return word(fields, 'tracery.hedge.decision') === 'hedged'
    ? `Another endpoint was asked beside attempt ${attempt}: ${reason}.`
    : `Attempt ${attempt} was slow, and no other endpoint was asked beside it: ${reason}.`;
}

function retry(fields: Fields): Omit<Sentence, 'at'> {
  const attempt = number(fields, 'tracery.attempt') ?? 1;
  const reason = word(fields, 'tracery.retry.reason');
  const why = reason ? `: ${fateWords(reason)}` : '';
  return word(fields, 'tracery.retry.decision') === 'retried'
    ? { text: `Attempt ${attempt} failed and was retried${why}.`, tone: 'failing' }
    : { text: `Attempt ${attempt} failed and was not retried${why}.`, tone: 'failing' };
}

function conclude(span: Span): Sentence | undefined {
  if (word(span.tags, 'tracery.attempt.outcome') === 'outrun')
    return {
      at: undefined,
      text: 'Another attempt answered first, and this one was cancelled.',
      tone: 'plain',
    };
  if (!span.fate) return undefined;
  const status = word(span.tags, 'http.response.status_code') ?? word(span.tags, 'rpc.response.status_code');
  const attempts = number(span.tags, 'tracery.attempts') ?? 1;
  const tls = word(span.tags, 'tracery.tls');
  const peer = word(span.tags, 'tracery.peer.identity');
  const parts = [
    `It ended as ${fateWords(span.fate)}`,
    status && ` with ${status}`,
    ` after ${text(micros(span.duration))}`,
    attempts > 1 && ` and ${attempts} attempts`,
    tls === 'mtls'
      ? `, over mutual TLS${peer ? ` with ${peer}` : ''}`
      : tls === 'none'
        ? ', not encrypted'
        : '',
    '.',
  ];
  return {
    at: undefined,
    text: parts.filter(Boolean).join(''),
    tone: span.fate === SERVED ? 'plain' : 'failing',
  };
}

/** Of the reason row between two attempts. */
export const retryWords = (decision: string, reason: string): string =>
  `${decision === 'retried' ? 'retried' : 'not retried'}${reason ? `: ${fateWords(reason)}` : ''}`;
