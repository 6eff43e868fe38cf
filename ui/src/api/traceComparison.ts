import { z } from './schema';
import { getJson } from './http';

const traceSchema = z.object({
  traceId: z.string(),
  startTime: z.number(),
  duration: z.number(),
  spans: z.number(),
  errors: z.number(),
});
const sideSchema = z.object({
  spans: z.number(),
  errors: z.number(),
  duration: z.number(),
  selfTime: z.number(),
  criticalTime: z.number(),
});
const nodeSchema = z.object({
  service: z.string(),
  operation: z.string(),
  kind: z.string(),
  parent: z.number(),
  depth: z.number(),
  change: z.enum(['came', 'left', 'changed', 'same']),
  a: sideSchema.nullable(),
  b: sideSchema.nullable(),
});
const comparisonSchema = z.object({ a: traceSchema, b: traceSchema, nodes: z.array(nodeSchema) });

/** Two traces laid over each other, call by call; times are microseconds. */
export type TraceComparison = z.infer<typeof comparisonSchema>;
export type ComparedCall = z.infer<typeof nodeSchema>;
export type ComparedTrace = z.infer<typeof traceSchema>;

export const fetchComparison = (a: string, b: string, signal?: AbortSignal): Promise<TraceComparison> =>
  getJson(`/search/api/traces/compare?${new URLSearchParams({ a, b }).toString()}`, comparisonSchema, signal);
