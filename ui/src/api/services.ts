import { z } from './schema';
import { getJson } from './http';
import { eventSchema } from './events';
import { instanceSchema } from './mesh';
import { exemplarSchema, intervalFields, number, pointSchema, tallyFields, tallySchema, tls } from './tally';

const serviceSchema = z.object({
  id: z.string(),
  namespace: z.string().nullable(),
  name: z.string(),
  kind: z.string(),
  versions: z.array(z.string()),
  instances: z.number(),
  identity: z.string().nullable(),
  tls,
  ...tallyFields,
  inFlight: z.number(),
  loss: number,
  callers: z.number(),
  callees: z.number(),
  lastSeen: number,
  stale: z.boolean(),
});

/** A port whose protocol is not declared: what it was found to speak, and what to write. */
const undeclaredSchema = z.object({
  service: z.string(),
  port: z.number(),
  direction: z.enum(['outbound', 'inbound']),
  connections: z.record(z.string(), z.number()),
  declare: z.string().nullable(),
  waitMillis: number,
  sidecars: z.number(),
  advice: z.string(),
});

const servicesSchema = z.object({ now: z.number(), ...intervalFields, services: z.array(serviceSchema) });

const points = z.array(pointSchema).nullable();

const peerSchema = z.object({
  id: z.string(),
  edge: z.string(),
  protocol: z.string(),
  tls,
  identity: z.string().nullish(),
  inFlight: z.number(),
  loss: number,
  sender: tallySchema.nullable(),
  receiver: tallySchema.nullable(),
  points,
});

const balancedSchema = z.object({
  endpoints: z.array(
    z.object({
      endpoint: z.string(),
      version: z.string().nullable(),
      senders: z.number(),
      ejectedBy: z.number(),
      inFlight: z.number(),
      cost: number,
      largestCost: z.number(),
      by: z.array(
        z.object({
          node: z.string(),
          instance: z.string(),
          cost: z.number(),
          inFlight: z.number(),
          ejected: z.string().nullable(),
          time: z.number(),
        }),
      ),
    }),
  ),
  omitted: z.number(),
  untold: z.number(),
});

const detailSchema = z.object({
  now: z.number(),
  ...intervalFields,
  service: serviceSchema,
  points: z.array(pointSchema),
  routes: z.array(z.object({ route: z.string(), ...tallyFields, points })),
  versions: z.array(z.object({ version: z.string(), ...tallyFields, points })),
  senders: z.array(peerSchema),
  receivers: z.array(peerSchema),
  endpoints: z.array(instanceSchema),
  balanced: balancedSchema,
  undeclared: z.array(undeclaredSchema),
  tcp: z.object({ open: z.number(), bytesReceived: number, bytesSent: number }),
  events: z.array(eventSchema),
  exemplars: z.array(exemplarSchema),
});

export type Service = z.infer<typeof serviceSchema>;
export type ServiceDetail = z.infer<typeof detailSchema>;
export type Peer = z.infer<typeof peerSchema>;

/** `time` as the read API takes it: `from=-15m`, `from=…&to=…`. */
export const fetchServices = (time: string, signal?: AbortSignal) =>
  getJson(`/api/services?${time}`, servicesSchema, signal);

export const fetchService = (id: string, time: string, signal?: AbortSignal): Promise<ServiceDetail> =>
  getJson(`/api/services/${id.split('/').map(encodeURIComponent).join('/')}?${time}`, detailSchema, signal);
