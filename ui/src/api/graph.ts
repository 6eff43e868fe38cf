import { z } from './schema';
import { getJson } from './http';
import type { Range } from '../model/timeRange';
import { pointSchema, number, share } from './tally';

const versionSchema = z.object({
  version: z.string(),
  requests: z.number(),
  requestRate: number,
  successShare: share,
  p99: number,
});

const edgeSchema = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  protocol: z.string(),
  requests: z.number(),
  received: number,
  requestRate: number,
  successShare: share,
  p50: number,
  p90: number,
  p99: number,
  retries: number,
  bytesReceived: number,
  bytesSent: number,
  fates: z.record(z.string(), z.number()),
  /** Null where nothing passed in the window. */
  tls: z.enum(['mtls', 'none', 'mixed']).nullable(),
  sourceIdentity: z.string().nullish(),
  targetIdentity: z.string().nullish(),
  versions: z.array(versionSchema),
  routes: z.array(z.string()),
  lastSeen: z.number(),
  stale: z.boolean(),
});

const kubernetesSchema = z.object({
  owners: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      ready: z.number(),
      desired: z.number(),
      images: z.array(z.string()),
    }),
  ),
  services: z.array(z.string()),
  pods: z.number(),
  restarts: z.number(),
  machines: z.array(z.object({ name: z.string(), zone: z.string().nullable(), pods: z.number() })),
  labels: z.record(z.string(), z.string()),
});

const nodeSchema = z.object({
  id: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  kind: z.string(),
  versions: z.array(z.string()),
  requestRate: number,
  successShare: share,
  p99: number,
  stale: z.boolean(),
  /** What a cluster runs behind it, now. */
  kubernetes: kubernetesSchema.nullish(),
});

export const graphSchema = z.object({
  now: z.number(),
  newestData: z.number().nullable(),
  window: z.number(),
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
});

const seriesSchema = z.object({
  id: z.string(),
  step: z.number(),
  points: z.array(pointSchema),
});

/** Times are Unix milliseconds, rates per second, shares 0..1, latencies ms; what is not known is null. */
export type Graph = z.infer<typeof graphSchema>;
export type KubernetesWorkload = z.infer<typeof kubernetesSchema>;
export type GraphNode = z.infer<typeof nodeSchema>;
export type GraphEdge = z.infer<typeof edgeSchema>;
export type EdgeVersion = z.infer<typeof versionSchema>;
export type Series = z.infer<typeof seriesSchema>;
export type SeriesPoint = Series['points'][number];

export const windows = ['10s', '30s', '1m', '5m', '10m'] as const;
export type Window = (typeof windows)[number];

export const graphUrl = (window: Window) => `/api/graph?window=${window}`;
export const graphStreamUrl = (window: Window) => `/api/graph/stream?window=${window}`;

export const fetchGraph = (window: Window, signal?: AbortSignal): Promise<Graph> =>
  getJson(graphUrl(window), graphSchema, signal);

/** What happened in an interval of the past. */
export const fetchGraphOf = ({ from, to }: Range, signal?: AbortSignal): Promise<Graph> =>
  getJson(`/api/graph?from=${from.toFixed(0)}&to=${to.toFixed(0)}`, graphSchema, signal);

export interface SeriesOf {
  kind: 'edge' | 'node';
  id: string;
}

/** `time` as the read API takes it: `range=15m` up to now, or `from=…&to=…`. */
export const fetchSeries = (of: SeriesOf, time: string, signal?: AbortSignal): Promise<Series> =>
  getJson(`/api/${of.kind}s/series?id=${encodeURIComponent(of.id)}&${time}`, seriesSchema, signal);
