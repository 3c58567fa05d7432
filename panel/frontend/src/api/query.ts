/** TanStack Query, set up once: the only place where the panel keeps what the server said. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './problem';

export const sessionKey = ['session'] as const;

/** A refusal stays a refusal; only what may pass by itself is tried again. */
export function worthRetrying(attempts: number, error: unknown): boolean {
  if (attempts >= 2) return false;
  return !(error instanceof ApiError) || error.status >= 502 || error.status === 429;
}

export function createQueryClient(): QueryClient {
  // An expired session shows up in whatever is asked next; the guard then leads to the sign-in page.
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) client.setQueryData(sessionKey, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: worthRetrying, staleTime: 2_000 },
      mutations: { retry: false },
    },
  });
  return client;
}

/** Pages of a list, one after the other, by their cursors. */
export const pages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { nextCursor?: string }): string | undefined => last.nextCursor,
};

type Given<T> = { [key in keyof T]?: Exclude<T[key], undefined | ''> };

/** The parameters of a query that were given: a filter that is empty is no filter. */
export function asQuery<T extends object>(parameters: T): Given<T> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '')) as Given<T>;
}

/** After an accepted change anything may be different: every list and resource on the page is read again. */
export function readAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'preview' });
}
