import { useInfiniteQuery } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { asQuery, pages } from '@/api/query';

export interface EventFilter {
  customer?: string | undefined;
  /** Items a page. */
  limit?: number;
}

export function useEvents(filter: EventFilter) {
  return useInfiniteQuery({
    queryKey: ['events', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/events', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}
