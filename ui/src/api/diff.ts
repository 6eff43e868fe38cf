import { z } from './schema';
import { eventSchema } from './events';
import { getJson } from './http';
import { tallyFields, tls } from './tally';

const interval = z.object({ from: z.number(), to: z.number(), step: z.number() });

const sideSchema = z.object({
  ...tallyFields,
  tls,
  sourceIdentity: z.string().nullable(),
  targetIdentity: z.string().nullable(),
  versions: z.array(z.string()),
});

const edgeDiffSchema = z.object({
  id: z.string(),
  source: z.string(),
  target: z.string(),
  protocol: z.string(),
  change: z.enum(['came', 'left', 'changed', 'same']),
  /** What is different by more than chance; words that are not known here are shown as they came. */
  differs: z.array(z.string()),
  a: sideSchema.nullable(),
  b: sideSchema.nullable(),
});

const diffSchema = z.object({
  a: interval,
  b: interval,
  nodes: z.array(z.object({ id: z.string(), change: z.enum(['came', 'left']) })),
  edges: z.array(edgeDiffSchema),
  events: z.array(eventSchema),
});

export type GraphDiff = z.infer<typeof diffSchema>;
export type EdgeDiff = z.infer<typeof edgeDiffSchema>;
export type EdgeSide = z.infer<typeof sideSchema>;
export type Change = EdgeDiff['change'];

export const fetchDiff = (query: string, signal?: AbortSignal): Promise<GraphDiff> =>
  getJson(`/api/graph/diff?${query}`, diffSchema, signal);
