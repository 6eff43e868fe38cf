import { expect, it } from 'vitest';
import type { JaegerTrace } from '../api/traces';
import { buildTrace, refusal } from './trace';

const refusalOf = (tags: Record<string, string | number>) => {
  const trace: JaegerTrace = {
    traceID: 't',
    processes: { p1: { serviceName: 'a', tags: [] } },
    spans: [
      {
        traceID: 't',
        spanID: 's',
        operationName: 'o',
        references: [],
        startTime: 0,
        duration: 1,
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
        logs: [],
        processID: 'p1',
      },
    ],
  };
  return buildTrace(trace).spans.map(refusal)[0];
};

it('says what a request that was served was refused with', () => {
  expect(refusalOf({ 'tracery.fate': 'served', 'http.response.status_code': 404 })).toBe('answered 404');
  const grpc = { 'tracery.fate': 'served', 'http.response.status_code': 200 };
  expect(refusalOf({ ...grpc, 'rpc.response.status_code': 'NOT_FOUND' })).toBe('answered NOT_FOUND');
  expect(refusalOf({ ...grpc, 'rpc.response.status_code': 'OK' })).toBeUndefined();
  expect(refusalOf({ 'tracery.fate': 'app_error', 'http.response.status_code': 503 })).toBeUndefined();
});
