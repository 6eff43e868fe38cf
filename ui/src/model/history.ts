import type { Graph, Series } from '../api/graph';

export interface Sample {
  t: number;
  value: number;
}

const SPAN_MS = 120_000;
const SPACING_MS = 1_000;
/** Two samples do not fill the whole width. */
const SHORTEST_SPARK_MS = 30_000;

/**
 * The last two minutes of every node's rate, for the sparklines; one sample a second at most, so bounded by the number
 * of nodes in the graph. A node that only calls is drawn with what it sends.
 */
export class RateHistory {
  private readonly lines = new Map<string, Sample[]>();

  record(graph: Graph): void {
    const present = new Set<string>();
    for (const [id, value] of nodeRates(graph)) {
      present.add(id);
      const line = this.lines.get(id) ?? [];
      const last = line.at(-1);
      if (last && graph.now - last.t < SPACING_MS * 0.8) continue;
      line.push({ t: graph.now, value });
      this.lines.set(id, trim(line, graph.now));
    }
    for (const id of this.lines.keys()) if (!present.has(id)) this.lines.delete(id);
  }

  /** Puts what the server remembers in front of what was seen here. */
  seed(id: string, older: Sample[]): void {
    const seen = this.lines.get(id) ?? [];
    const first = seen[0]?.t ?? Infinity;
    const line = [...older.filter((sample) => sample.t < first), ...seen];
    this.lines.set(id, trim(line, line.at(-1)?.t ?? 0));
  }

  line(id: string): readonly Sample[] {
    return this.lines.get(id) ?? [];
  }

  /** The lines of several nodes added up, instant by instant. */
  sum(ids: readonly string[]): readonly Sample[] {
    const sums = new Map<number, number>();
    for (const id of ids) for (const { t, value } of this.line(id)) sums.set(t, (sums.get(t) ?? 0) + value);
    return [...sums].map(([t, value]) => ({ t, value })).toSorted((a, b) => a.t - b.t);
  }
}

const trim = (line: Sample[], now: number) => {
  const from = line.findIndex((sample) => now - sample.t <= SPAN_MS);
  return from > 0 ? line.slice(from) : line;
};

/** What each node receives a second; for one that receives nothing, what it sends. */
export function nodeRates(graph: Graph): Map<string, number> {
  const sent = new Map<string, number>();
  for (const edge of graph.edges)
    sent.set(edge.source, (sent.get(edge.source) ?? 0) + (edge.requestRate ?? 0));
  const receives = new Set(graph.edges.map((edge) => edge.target));
  return new Map(
    graph.nodes.map((node) => [
      node.id,
      receives.has(node.id) ? (node.requestRate ?? 0) : (sent.get(node.id) ?? 0),
    ]),
  );
}

/** A polyline through the samples in a box of this size; zero lies on the floor, the top is the largest sample. */
export function spark(
  line: readonly Sample[],
  width: number,
  height: number,
): { line: string; area: string } | undefined {
  const first = line[0];
  const last = line.at(-1);
  if (!first || !last || first === last) return undefined;
  const top = Math.max(...line.map((sample) => sample.value), 1e-9);
  const span = Math.max(last.t - first.t, SHORTEST_SPARK_MS);
  const x = (sample: Sample) => (width - ((last.t - sample.t) / span) * width).toFixed(1);
  const y = (sample: Sample) => (height - (sample.value / top) * height).toFixed(1);
  const path = line.map((sample, i) => `${i === 0 ? 'M' : 'L'}${x(sample)} ${y(sample)}`).join('');
  return { line: path, area: `${path}V${height}H${x(first)}Z` };
}

/** Several series' rates added up, instant by instant. */
export function addUp(series: readonly Series[]): Sample[] {
  const sums = new Map<number, number>();
  for (const { points } of series) {
    for (const { t, requestRate } of points)
      if (requestRate !== null) sums.set(t, (sums.get(t) ?? 0) + requestRate);
  }
  return [...sums].map(([t, value]) => ({ t, value })).toSorted((a, b) => a.t - b.t);
}
