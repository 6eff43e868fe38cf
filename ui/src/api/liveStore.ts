import { fetchGraph, fetchSeries, type Graph, type SeriesOf, type Window } from './graph';
import { GraphStream, type Connection } from './graphStream';
import { addUp, nodeRates, RateHistory } from '../model/history';

/** What is known now; a new object whenever anything changed. */
export interface Live {
  graph: Graph | undefined;
  /** Our clock when `graph` arrived. */
  receivedAt: number;
  connection: Connection;
  history: RateHistory;
}

/** Sparklines of this many nodes, the busiest, begin with what the server remembers; the others fill as data comes. */
const SEEDED_NODES = 60;
const SEED_LANES = 4;

/** The live graph, outside React: it changes twice a second and many parts of the page read it. */
export class LiveStore {
  private live: Live = {
    graph: undefined,
    receivedAt: 0,
    connection: { state: 'connecting' },
    history: new RateHistory(),
  };
  private readonly listeners = new Set<() => void>();
  private stream: GraphStream | undefined;
  private stopped = new AbortController();
  private seeded = false;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Live => this.live;

  start(window: Window): void {
    this.stopped = new AbortController();
    this.stream = new GraphStream(window, {
      graph: (graph) => this.received(graph),
      connection: (connection) => this.set({ connection }),
    });
    // The stream may stay silent for seconds when nothing changes; the first picture does not wait for it.
    fetchGraph(window, this.stopped.signal).then(
      (graph) => {
        if (!this.live.graph || this.live.graph.now <= graph.now) this.received(graph);
      },
      () => undefined, // The stream says it, and tries again.
    );
  }

  stop(): void {
    this.stopped.abort();
    this.stream?.close();
    this.stream = undefined;
  }

  retryNow(): void {
    this.stream?.retryNow();
  }

  private received(graph: Graph): void {
    this.live.history.record(graph);
    this.set({ graph, receivedAt: Date.now() });
    if (!this.seeded && graph.nodes.length > 0) {
      this.seeded = true;
      void this.seed(graph);
    }
  }

  private async seed(graph: Graph): Promise<void> {
    const rates = nodeRates(graph);
    const queue = [...rates]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, SEEDED_NODES)
      .map(([id]) => id);
    const lane = async () => {
      for (let id = queue.shift(); id; id = queue.shift()) {
        const parts = sourcesOf(graph, id).map((of) => fetchSeries(of, 'range=2m', this.stopped.signal));
        const series = await Promise.all(parts).catch(() => []);
        this.live.history.seed(id, addUp(series));
      }
    };
    await Promise.all(Array.from({ length: SEED_LANES }, lane));
    this.set({});
  }

  private set(change: Partial<Live>): void {
    this.live = { ...this.live, ...change };
    this.listeners.forEach((listener) => listener());
  }
}

/** The series whose sum is a node's line: its own, or its busiest calls' where it receives nothing. */
function sourcesOf(graph: Graph, id: string): SeriesOf[] {
  if (graph.edges.some((edge) => edge.target === id)) return [{ kind: 'node', id }];
  return graph.edges
    .filter((edge) => edge.source === id)
    .toSorted((a, b) => (b.requestRate ?? 0) - (a.requestRate ?? 0))
    .slice(0, SEED_LANES)
    .map((edge) => ({ kind: 'edge', id: edge.id }));
}
