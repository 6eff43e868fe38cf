import { z } from './schema';

export const share = z.number().min(0).max(1).nullable();
export const number = z.number().nullable();

/** What happened in an interval. */
export const tallyFields = {
  requests: z.number(),
  requestRate: number,
  successShare: share,
  p50: number,
  p90: number,
  p99: number,
  retries: z.number(),
  bytesReceived: z.number(),
  bytesSent: z.number(),
  fates: z.record(z.string(), z.number()),
};
export const tallySchema = z.object(tallyFields);

export const pointSchema = z.object({
  t: z.number(),
  requestRate: number,
  successShare: share,
  p50: number,
  p90: number,
  p99: number,
  bytesReceived: number.optional(),
  bytesSent: number.optional(),
});

export const exemplarSchema = z.object({
  t: z.number(),
  latency: z.number(),
  traceId: z.string(),
  spanId: z.string().nullish(),
  fate: z.string(),
  edge: z.string().nullish(),
  route: z.string().nullish(),
  version: z.string().nullish(),
});

export const tls = z.enum(['mtls', 'none', 'mixed']).nullable();

/** What the interval of an answer is, and how fine. */
export const intervalFields = { from: z.number(), to: z.number(), step: z.number() };

export type Tally = z.infer<typeof tallySchema>;
export type Point = z.infer<typeof pointSchema>;
export type Exemplar = z.infer<typeof exemplarSchema>;
