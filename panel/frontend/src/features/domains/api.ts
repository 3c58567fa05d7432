import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, take, takeTagged, type Asked } from '@/api/client';
import { asQuery, pages } from '@/api/query';

export interface DomainFilter {
  customer?: string | undefined;
}

export function useDomains(filter: DomainFilter) {
  return useInfiniteQuery({
    queryKey: ['domains', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/domains', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}

export function useDomain(name: string) {
  return useQuery({
    queryKey: ['domain', name],
    enabled: name !== '',
    queryFn: () => takeTagged(api.GET('/api/v1/domains/{domain}', { params: { path: { domain: name } } })),
    refetchInterval: 5_000,
  });
}

export interface NewDomain {
  customerId: string;
  domain: string;
  /** Of a customer that is made with it. */
  plan?: string;
}

export const createDomain = (body: NewDomain, ask: Asked) => take(api.POST('/api/v1/domains', { params: asked(ask), body }));

export const deleteDomain = (name: string, ask: Asked) =>
  take(api.DELETE('/api/v1/domains/{domain}', { params: { path: { domain: name }, ...asked(ask) } }));

export const verifyDomain = (name: string, ask: Asked) =>
  take(api.POST('/api/v1/domains/{domain}/verify', { params: { path: { domain: name }, ...asked(ask) }, body: {} }));

export const updateDomain = (name: string, body: { dnssec: boolean } | { mail: boolean }, ask: Asked) =>
  take(api.PATCH('/api/v1/domains/{domain}', { params: { path: { domain: name }, ...asked(ask) }, body }));
