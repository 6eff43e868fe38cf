import { number, type Span } from './trace';

export interface Stage {
  name: string;
  words: string;
  /** Microseconds from the span's start. */
  from: number;
  micros: number;
}

const stages = [
  { name: 'queue', words: 'waited for a connection' },
  { name: 'connect', words: 'connected and shook hands' },
  { name: 'first_byte', words: 'waited for the first byte' },
  { name: 'transfer', words: 'transferred the answer' },
] as const;

/** Where a span's time went, by the proxy's stage attributes, in the order in which stages follow each other. */
export function stagesOf(span: Span): Stage[] {
  let from = 0;
  const found: Stage[] = [];
  for (const { name, words } of stages) {
    const micros = number(span.tags, `tracery.stage.${name}_us`);
    if (micros === undefined || micros <= 0) continue;
    found.push({ name, words, from, micros });
    from += micros;
  }
  return found;
}
