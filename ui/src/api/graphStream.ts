import { graphSchema, graphStreamUrl, type Graph, type Window } from './graph';

/** `live`: events arrive. `lost`: none do; the next try is at `retryAt` (Unix ms). */
export type Connection =
  { state: 'connecting' } | { state: 'live' } | { state: 'lost'; since: number; retryAt: number };

export interface StreamListener {
  graph: (graph: Graph) => void;
  connection: (connection: Connection) => void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;
const LONGEST_REST_MS = 3_000;
/** The server speaks at least every 5 s; after this long the connection is dead, whatever TCP believes. */
const SILENCE_MS = 13_000;

/**
 * Follows the live graph until closed. Reconnects by itself with a growing pause: an EventSource gives up for good on
 * an HTTP error, and never notices a peer that vanished.
 */
export class GraphStream {
  private source: EventSource | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_RETRY_MS;
  private lostSince: number | undefined;
  /** Reading a graph of thousands of calls takes a while; the newest waits so that at most a ninth of the time is spent on it. */
  private waiting: { data: string } | undefined;
  private restTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly window: Window,
    private readonly listener: StreamListener,
  ) {
    listener.connection({ state: 'connecting' });
    this.open();
  }

  close(): void {
    this.drop();
    clearTimeout(this.retryTimer);
  }

  retryNow(): void {
    if (this.lostSince === undefined) return;
    clearTimeout(this.retryTimer);
    this.drop();
    this.open();
  }

  private open(): void {
    const source = new EventSource(graphStreamUrl(this.window));
    this.source = source;
    source.addEventListener('graph', (event: MessageEvent<string>) => this.received(event.data));
    source.addEventListener('error', () => this.lost());
    this.expectWord();
  }

  private received(data: string): void {
    this.expectWord();
    if (this.restTimer !== undefined) {
      this.waiting = { data };
      return;
    }
    const begun = performance.now();
    const graph = parse(data);
    this.rest((performance.now() - begun) * 8);
    if (!graph) return;
    this.pause = FIRST_RETRY_MS;
    this.lostSince = undefined;
    this.listener.connection({ state: 'live' });
    this.listener.graph(graph);
  }

  private rest(millis: number): void {
    this.restTimer = setTimeout(
      () => {
        this.restTimer = undefined;
        const next = this.waiting;
        this.waiting = undefined;
        if (next && this.source) this.received(next.data);
      },
      Math.min(millis, LONGEST_REST_MS),
    );
  }

  private expectWord(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.lost(), SILENCE_MS);
  }

  private lost(): void {
    this.drop();
    clearTimeout(this.retryTimer);
    this.lostSince ??= Date.now();
    this.listener.connection({ state: 'lost', since: this.lostSince, retryAt: Date.now() + this.pause });
    this.retryTimer = setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 1.6, LONGEST_RETRY_MS);
  }

  private drop(): void {
    clearTimeout(this.silenceTimer);
    clearTimeout(this.restTimer);
    this.restTimer = undefined;
    this.waiting = undefined;
    this.source?.close();
    this.source = undefined;
  }
}

function parse(data: string): Graph | undefined {
  try {
    const result = graphSchema.safeParse(JSON.parse(data));
    if (result.success) return result.data;
    console.error('A graph event is not in the shape these pages know', result.error.issues[0]);
  } catch (cause) {
    console.error('A graph event is not JSON', cause);
  }
  return undefined;
}
