/**
 * The typed client of the panel's own origin. Every function of the features goes through `take`, which gives the body
 * of a good answer and throws an ApiError for any other.
 */
import createClient from 'openapi-fetch';
import { ApiError, problemOf } from './problem';
import type { paths } from './schema';
import type { Change, Operation, Planned } from './types';

export const api = createClient<paths>({
  baseUrl: typeof window === 'undefined' ? '' : window.location.origin,
  credentials: 'same-origin',
  // Looked up at each call, so that tests can put their own in its place.
  fetch: (request) => globalThis.fetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export interface Tagged<T> {
  value: T;
  /** Sent back as If-Match, so that a change is made only to what the user saw. */
  etag: string | undefined;
}

export async function take<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await takeTagged(answer)).value;
}

export async function takeTagged<T>(answer: Promise<Answer<T>>): Promise<Tagged<T>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiError(problemOf(response.status, response.headers, error));
  return { value: data as T, etag: response.headers.get('ETag') ?? undefined };
}

/** The answer to a dry run. A server that did the thing instead would be a fault worth stopping at. */
export function changesOf(answer: object): Change[] {
  if ('changes' in answer) return (answer as { changes: Change[] }).changes;
  throw new Error('the server did not treat the request as a dry run');
}

/**
 * What was made, by a request that was no dry run: these can be answered with mere plans, so the type has both. A plan here
 * would be a fault worth stopping at, for nothing was made.
 */
export function madeOf<T extends object>(answer: T): Exclude<T, Planned> {
  if ('changes' in answer) throw new Error('the server treated the request as a dry run: nothing was changed');
  return answer as Exclude<T, Planned>;
}

/** The operation of an accepted change. */
export function operationOf(answer: object): Operation {
  if ('operation' in answer) return (answer as { operation: Operation }).operation;
  throw new Error('the answer names no operation');
}

export interface Asked {
  /** Ask what would change, and change nothing. */
  dryRun?: boolean;
  /** The version that the change is based on. */
  etag?: string | undefined;
  /** The name of this request: sent twice, it is carried out once. */
  key?: string;
}

/** The parameters that changes have in common. */
export function asked({ dryRun = false, etag, key }: Asked) {
  return {
    query: dryRun ? { dryRun: true } : {},
    header: { ...(etag !== undefined && { 'If-Match': etag }), ...(key !== undefined && { 'Idempotency-Key': key }) },
  };
}
