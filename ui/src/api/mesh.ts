import { z } from './schema';
import { getJson } from './http';
import { number } from './tally';

export const instanceSchema = z.object({
  instance: z.string(),
  namespace: z.string().nullable(),
  workload: z.string(),
  version: z.string(),
  identity: z.string().nullish(),
  started: z.number(),
  lastSeen: z.number(),
  stale: z.boolean(),
  configuration: z
    .object({
      version: z.number(),
      since: z.number(),
      ageSeconds: z.number(),
      newest: z.boolean().optional(),
    })
    .nullable(),
  certificate: z.object({ issued: z.number(), expires: z.number(), remainingSeconds: z.number() }).nullable(),
  dropped: z.object({ spans: z.number(), metrics: z.number() }),
  overBudget: z.number(),
});

const meshSchema = z.object({
  now: z.number(),
  proxies: z.array(instanceSchema),
  pipeline: z.object({
    status: z.string(),
    newestData: number,
    edgeLag: z.object({ p50: number, p99: number }),
    groups: z.array(z.object({ group: z.string(), topic: z.string(), lag: z.number() })),
    instances: z.array(
      z.object({
        address: z.string(),
        self: z.boolean(),
        answers: z.boolean(),
        partitions: z.array(z.number()),
      }),
    ),
  }),
});

const bounded = z.object({ now: z.number(), most: z.number() });
const limitsSchema = z.object({
  edges: bounded,
  routes: z.object({ mostPerNode: z.number(), other: z.number() }),
  externalHosts: z.object({ now: z.number(), most: z.number(), other: z.number() }),
  history: z.array(z.object({ step: z.number(), from: number, bytes: z.number(), keepMillis: z.number() })),
  historyBytes: bounded,
  dropped: z.record(z.string(), z.number()),
});

/** One sidecar, as it speaks of itself. */
export type Instance = z.infer<typeof instanceSchema>;
export type Mesh = z.infer<typeof meshSchema>;
export type Limits = z.infer<typeof limitsSchema>;

export const fetchMesh = (signal?: AbortSignal): Promise<Mesh> => getJson('/api/mesh', meshSchema, signal);
export const fetchLimits = (signal?: AbortSignal): Promise<Limits> =>
  getJson('/api/limits', limitsSchema, signal);
