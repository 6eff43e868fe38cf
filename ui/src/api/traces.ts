import { z } from './schema';
import { getJson } from './http';

const tagSchema = z.object({
  key: z.string(),
  type: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]),
});

const spanSchema = z.object({
  traceID: z.string(),
  spanID: z.string(),
  operationName: z.string(),
  references: z.array(z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() })),
  startTime: z.number(),
  duration: z.number(),
  tags: z.array(tagSchema),
  logs: z.array(z.object({ timestamp: z.number(), fields: z.array(tagSchema) })),
  processID: z.string(),
  warnings: z.array(z.string()).nullish(),
});

const traceSchema = z.object({
  traceID: z.string(),
  spans: z.array(spanSchema),
  processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(tagSchema).nullish() })),
  warnings: z.array(z.string()).nullish(),
});

const envelope = <T extends z.ZodType>(data: T) => z.object({ data });
const names = envelope(z.array(z.string()).nullable());
const traces = envelope(z.array(traceSchema).nullable());

/** Jaeger's JSON; times and durations are microseconds. */
export type JaegerTrace = z.infer<typeof traceSchema>;
export type JaegerSpan = z.infer<typeof spanSchema>;
export type Tag = z.infer<typeof tagSchema>;

const base = '/search/api';

export const fetchServices = async (signal?: AbortSignal): Promise<string[]> =>
  ((await getJson(`${base}/services`, names, signal)).data ?? []).toSorted();

export const fetchOperations = async (service: string, signal?: AbortSignal): Promise<string[]> =>
  (
    (await getJson(`${base}/services/${encodeURIComponent(service)}/operations`, names, signal)).data ?? []
  ).toSorted();

export const fetchTraces = async (query: URLSearchParams, signal?: AbortSignal): Promise<JaegerTrace[]> =>
  (await getJson(`${base}/traces?${query.toString()}`, traces, signal)).data ?? [];

export const traceUrl = (id: string) => `${base}/traces/${encodeURIComponent(id)}`;

/** Null where the server knows no such trace. */
export const fetchTrace = async (id: string, signal?: AbortSignal): Promise<JaegerTrace | null> =>
  (await getJson(traceUrl(id), traces, signal)).data?.[0] ?? null;
