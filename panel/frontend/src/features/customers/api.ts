import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, take, takeTagged, type Asked } from '@/api/client';
import { asQuery, pages } from '@/api/query';
import type { CustomerState, SpamChange } from '@/api/types';

export interface CustomerFilter {
  q?: string | undefined;
  state?: CustomerState | undefined;
  plan?: string | undefined;
}

export function useCustomers(filter: CustomerFilter) {
  return useInfiniteQuery({
    queryKey: ['customers', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/customers', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
    placeholderData: (known) => known,
  });
}

/** Some of the customers whose id or name contains the text, to choose from. */
export function useCustomerChoice(q: string) {
  return useQuery({
    queryKey: ['customers', 'choice', q],
    staleTime: 30_000,
    queryFn: async () => (await take(api.GET('/api/v1/customers', { params: { query: asQuery({ q: q || undefined, limit: 20 }) } }))).items,
    placeholderData: (known) => known,
  });
}

export const readCustomer = (id: string) => takeTagged(api.GET('/api/v1/customers/{customer}', { params: { path: { customer: id } } }));

export function useCustomer(id: string) {
  return useQuery({
    queryKey: ['customer', id],
    enabled: id !== '',
    queryFn: () => readCustomer(id),
    refetchInterval: 5_000,
  });
}

export function useConditions(id: string) {
  return useQuery({
    queryKey: ['conditions', id],
    enabled: id !== '',
    queryFn: async () => (await take(api.GET('/api/v1/customers/{customer}/conditions', { params: { path: { customer: id } } }))).items,
    refetchInterval: 3_000,
  });
}

export interface NewCustomer {
  id: string;
  name?: string | undefined;
  plan: string;
}

export const createCustomer = ({ id, name, plan }: NewCustomer, ask: Asked) =>
  take(api.POST('/api/v1/customers', { params: asked(ask), body: { id, plan, ...(name && { name }) } }));

export const updateCustomer = (id: string, body: { name?: string; plan?: string; spam?: SpamChange }, ask: Asked) =>
  take(api.PATCH('/api/v1/customers/{customer}', { params: { path: { customer: id }, ...asked(ask) }, body }));

/** What can be done to a customer as it is. */
export type Deed = 'suspend' | 'resume' | 'trash' | 'restore' | 'erase' | 'reconcile';

/** Does it, or with `dryRun` asks what it would change. */
export function doTo(id: string, deed: Deed, ask: Asked, reason = ''): Promise<object> {
  const params = { path: { customer: id }, ...asked(ask) };
  switch (deed) {
    case 'suspend':
      return take(api.POST('/api/v1/customers/{customer}/suspend', { params, body: reason === '' ? {} : { reason } }));
    case 'resume':
      return take(api.POST('/api/v1/customers/{customer}/resume', { params }));
    case 'restore':
      return take(api.POST('/api/v1/customers/{customer}/restore', { params }));
    case 'trash':
      return take(api.DELETE('/api/v1/customers/{customer}', { params }));
    case 'erase':
      return take(api.DELETE('/api/v1/customers/{customer}', { params: { ...params, query: { ...params.query, purge: true } } }));
    case 'reconcile':
      // Its preview has a name of its own, for it looks at every plane.
      return ask.dryRun
        ? take(api.POST('/api/v1/customers/{customer}/diff', { params: { path: { customer: id } } }))
        : take(api.POST('/api/v1/customers/{customer}/reconcile', { params: { path: { customer: id }, header: params.header } }));
  }
}
