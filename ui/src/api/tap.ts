import { z } from './schema';
import { EventReader } from '../model/sse';

const exchangeSchema = z.looseObject({
  sidecar: z.string(),
  workload: z.string(),
  namespace: z.string().nullish(),
  direction: z.string(),
  timestamp: z.string(),
  duration_ms: z.number(),
  name: z.string(),
  trace_id: z.string(),
  span_id: z.string(),
  events: z.array(z.looseObject({ timestamp: z.string(), name: z.string() })).optional(),
  attempts: z.array(z.looseObject({ span_id: z.string() })).optional(),
});
const startedSchema = z.object({
  now: z.number(),
  sidecars: z.array(z.object({ name: z.string(), workload: z.string(), version: z.string().nullish() })),
  token: z.string(),
});
const statusSchema = z.object({
  now: z.number(),
  sidecars: z.number(),
  lookedBack: z.boolean(),
  examined: z.number(),
  matched: z.number(),
  sent: z.number(),
  dropped: z.object({ rate: z.number(), slow: z.number() }),
  missed: z.number(),
  notes: z.array(z.string()),
});
const endSchema = z.object({ reason: z.string(), message: z.string().optional() });

/** One exchange as its sidecar saw it: what its span says, attributes by their own names. */
export type Exchange = z.infer<typeof exchangeSchema>;
export type TapStarted = z.infer<typeof startedSchema>;
export type TapStatus = z.infer<typeof statusSchema>;

export interface TapListener {
  started: (started: TapStarted) => void;
  exchanges: (exchanges: Exchange[]) => void;
  status: (status: TapStatus) => void;
  /** Over for good, and why; or `retry`: it is tried again by itself. */
  over: (how: { message: string; status: number; retry: boolean }) => void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

/** Watches single exchanges until it is closed. What the server refuses is over; a server that went is asked again. */
export class TapStream {
  private readonly stopped = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_RETRY_MS;

  constructor(
    private readonly query: URLSearchParams,
    private readonly token: string,
    private readonly listener: TapListener,
  ) {
    void this.watch(true);
  }

  close(): void {
    this.stopped.abort();
    clearTimeout(this.timer);
  }

  private async watch(first: boolean): Promise<void> {
    try {
      const query = new URLSearchParams(this.query);
      // What was looked back to once is not looked back to again.
      if (!first) query.delete('since');
      const response = await fetch(`/api/tap?${query.toString()}`, {
        headers: { authorization: `Bearer ${this.token}`, accept: 'text/event-stream' },
        signal: this.stopped.signal,
      });
      if (!response.ok || !response.body) {
        const retry = response.status === 503 && !first;
        this.over(await messageOf(response), response.status, retry);
        return;
      }
      const again = await this.read(response.body);
      if (again) this.over('The server went away', 0, true);
    } catch {
      if (!this.stopped.signal.aborted) this.over('The server cannot be reached', 0, true);
    }
  }

  /** True where the stream broke off without an end. */
  private async read(body: ReadableStream<Uint8Array>): Promise<boolean> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      const exchanges: Exchange[] = [];
      for (const { name, data } of events.push(decoder.decode(value, { stream: true }))) {
        const body: unknown = JSON.parse(data);
        if (name === 'exchange') exchanges.push(exchangeSchema.parse(body));
        else if (name === 'started') {
          this.pause = FIRST_RETRY_MS;
          this.listener.started(startedSchema.parse(body));
        } else if (name === 'status') this.listener.status(statusSchema.parse(body));
        else if (name === 'end') {
          if (exchanges.length > 0) this.listener.exchanges(exchanges);
          const { reason, message } = endSchema.parse(body);
          this.over(message ?? reason, 200, reason === 'control_plane');
          return false;
        }
      }
      if (exchanges.length > 0) this.listener.exchanges(exchanges);
    }
  }

  private over(message: string, status: number, retry: boolean): void {
    if (this.stopped.signal.aborted) return;
    this.listener.over({ message, status, retry });
    if (!retry) return;
    this.timer = setTimeout(() => void this.watch(false), this.pause);
    this.pause = Math.min(this.pause * 1.6, LONGEST_RETRY_MS);
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    const body = z.object({ error: z.object({ message: z.string() }) }).parse(await response.json());
    return body.error.message;
  } catch {
    return `The server answered ${response.status}`;
  }
}
