import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, take, takeTagged, type Asked } from '@/api/client';
import { asQuery, pages } from '@/api/query';

export interface SiteFilter {
  customer?: string | undefined;
}

export function useSites(filter: SiteFilter) {
  return useInfiniteQuery({
    queryKey: ['sites', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/sites', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}

export function useSite(id: string) {
  return useQuery({
    queryKey: ['site', id],
    enabled: id !== '',
    queryFn: () => takeTagged(api.GET('/api/v1/sites/{site}', { params: { path: { site: id } } })),
    refetchInterval: 3_000,
  });
}

export function useReleases(site: string) {
  return useInfiniteQuery({
    queryKey: ['releases', site],
    ...pages,
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/sites/{site}/releases', { params: { path: { site }, query: asQuery({ limit: 20, cursor: pageParam }) } })),
    refetchInterval: 5_000,
  });
}

export interface SiteFields {
  hostnames: string[];
  replicas: number;
}

export const createSite = (customerId: string, fields: SiteFields, ask: Asked) =>
  take(api.POST('/api/v1/sites', { params: asked(ask), body: { customerId, runtime: 'static', ...fields } }));

export const updateSite = (id: string, fields: SiteFields, ask: Asked) =>
  take(api.PATCH('/api/v1/sites/{site}', { params: { path: { site: id }, ...asked(ask) }, body: fields }));

export const deleteSite = (id: string, ask: Asked) =>
  take(api.DELETE('/api/v1/sites/{site}', { params: { path: { site: id }, ...asked(ask) } }));

export const rollBack = (id: string, release: string, ask: Asked) =>
  take(api.POST('/api/v1/sites/{site}/rollback', { params: { path: { site: id }, ...asked(ask) }, body: { release } }));
