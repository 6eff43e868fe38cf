import type { z } from './schema';

/** Why a request to our own server failed; `message` is fit to be shown. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** 0 where no answer came at all. */
    readonly status: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

const DEADLINE_MS = 15_000;

/** Fetches and checks one JSON resource; every failure is an {@link ApiError} that says what and where. */
export async function getJson<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { accept: 'application/json' },
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(
      deadline.aborted ? `No answer within ${DEADLINE_MS / 1000} s` : 'The server cannot be reached',
      0,
    );
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(
      response.ok ? `${path} did not answer with JSON` : `${path} answered ${response.status}`,
      response.status,
    );
  }
  if (!response.ok)
    throw new ApiError(messageOf(body) ?? `${path} answered ${response.status}`, response.status);
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ApiError(
      `${path} answered something these pages do not understand, at ${issue?.path.join('.') ?? 'the top'}: ${issue?.message ?? ''}`,
      response.status,
    );
  }
  return parsed.data;
}

/** Our envelope `{error: {message}}` and Jaeger's `{errors: [{msg}]}`. */
function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  if ('error' in body && typeof body.error === 'object' && body.error !== null && 'message' in body.error) {
    return String(body.error.message);
  }
  if ('errors' in body && Array.isArray(body.errors)) {
    const first: unknown = body.errors[0];
    if (typeof first === 'object' && first !== null && 'msg' in first) return String(first.msg);
  }
  return undefined;
}
