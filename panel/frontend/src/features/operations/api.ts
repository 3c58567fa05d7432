'use client';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, take } from '@/api/client';
import { asQuery, pages, readAgain } from '@/api/query';
import type { Operation, OperationState } from '@/api/types';
import { isFinal, newest, parseEvent } from './stream';

export interface OperationFilter {
  customer?: string | undefined;
  state?: OperationState | undefined;
  /** Items a page. */
  limit?: number;
}

export function useOperations(filter: OperationFilter) {
  return useInfiniteQuery({
    queryKey: ['operations', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/operations', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}

export type Connection = 'connecting' | 'live' | 'polling' | 'ended';

/**
 * Follows one operation to its end. The stream writes into the query's cache; when the server closes it for good (a proxy
 * that knows no streams, a session that ended) the operation is asked for every two seconds instead.
 */
export function useOperation(id: string) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const query = useQuery({
    queryKey: ['operation', id],
    enabled: id !== '',
    queryFn: () => take(api.GET('/api/v1/operations/{operation}', { params: { path: { operation: id } } })),
    structuralSharing: (known, incoming) => newest(known as Operation | undefined, incoming as Operation),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data) ? false : connection === 'polling' ? 2_000 : false),
  });
  const ended = query.data !== undefined && isFinal(query.data);
  const missing = query.isError && query.data === undefined;

  useEffect(() => {
    if (id === '' || ended || missing) return;
    const source = new EventSource(`/api/v1/operations/${encodeURIComponent(id)}/stream`);
    source.addEventListener('open', () => setConnection('live'));
    source.addEventListener('operation', (event: MessageEvent<string>) => {
      const operation = parseEvent(id, event.data);
      if (operation) client.setQueryData(['operation', id], operation);
    });
    source.addEventListener('error', () => {
      // While it is CONNECTING the browser tries again by itself, with Last-Event-ID.
      setConnection(source.readyState === EventSource.CLOSED ? 'polling' : 'connecting');
    });
    return () => source.close();
  }, [id, ended, missing, client]);

  useEffect(() => {
    if (ended) void readAgain(client);
  }, [ended, client]);

  return { query, connection: ended ? ('ended' as const) : connection };
}
