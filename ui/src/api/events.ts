import { z } from './schema';
import { getJson } from './http';

export const eventSchema = z.object({
  t: z.number(),
  kind: z.string(),
  action: z.string(),
  node: z.string().nullable(),
  instance: z.string().nullish(),
  version: z.string().nullish(),
  text: z.string(),
});
const eventsSchema = z.object({
  from: z.number(),
  to: z.number(),
  events: z.array(eventSchema),
  truncated: z.boolean(),
});

/** Something that was changed in the mesh, or a certificate that did. */
export type MeshEvent = z.infer<typeof eventSchema>;

export const fetchEvents = async (from: number, to: number, signal?: AbortSignal): Promise<MeshEvent[]> =>
  (await getJson(`/api/events?from=${from.toFixed(0)}&to=${to.toFixed(0)}`, eventsSchema, signal)).events;
