import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, take, takeTagged, type Asked } from '@/api/client';
import { asQuery, pages } from '@/api/query';
import type { AutoReply } from '@/api/types';

interface AddressFilter {
  domain: string;
  q?: string;
}

export function useMailboxes(filter: AddressFilter) {
  return useInfiniteQuery({
    queryKey: ['mailboxes', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/mailboxes', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}

export function useMailbox(address: string) {
  return useQuery({
    queryKey: ['mailbox', address],
    staleTime: 0,
    gcTime: 0,
    queryFn: () => takeTagged(api.GET('/api/v1/mailboxes/{address}', { params: { path: { address } } })),
  });
}

export interface NewMailbox {
  address: string;
  name: string;
  /** Left out, nobody can sign in. */
  password?: string;
  quota: string;
  forwards: string[];
  keep: boolean;
}

export const createMailbox = (body: NewMailbox, ask: Asked) => take(api.POST('/api/v1/mailboxes', { params: asked(ask), body }));

export type MailboxChange = Partial<Omit<NewMailbox, 'address'> & { active: boolean; autoReply: AutoReply }>;

export const updateMailbox = (address: string, body: MailboxChange, ask: Asked) =>
  take(api.PATCH('/api/v1/mailboxes/{address}', { params: { path: { address }, ...asked(ask) }, body }));

export const deleteMailbox = (address: string, ask: Asked) =>
  take(api.DELETE('/api/v1/mailboxes/{address}', { params: { path: { address }, ...asked(ask) } }));

export function useAliases(filter: AddressFilter) {
  return useInfiniteQuery({
    queryKey: ['aliases', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/aliases', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}

export function useAlias(address: string) {
  return useQuery({
    queryKey: ['alias', address],
    staleTime: 0,
    gcTime: 0,
    queryFn: () => takeTagged(api.GET('/api/v1/aliases/{address}', { params: { path: { address } } })),
  });
}

export const createAlias = (body: { address: string; targets: string[] }, ask: Asked) =>
  take(api.POST('/api/v1/aliases', { params: asked(ask), body }));

export const updateAlias = (address: string, body: { targets: string[] }, ask: Asked) =>
  take(api.PATCH('/api/v1/aliases/{address}', { params: { path: { address }, ...asked(ask) }, body }));

export const deleteAlias = (address: string, ask: Asked) =>
  take(api.DELETE('/api/v1/aliases/{address}', { params: { path: { address }, ...asked(ask) } }));

export function useDkimKeys(domain: string) {
  return useInfiniteQuery({
    queryKey: ['dkim', domain],
    ...pages,
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/domains/{domain}/dkim', { params: { path: { domain }, query: asQuery({ sort: '-createdAt' as const, cursor: pageParam }) } })),
    refetchInterval: 10_000,
  });
}

export const rotateDkimKeys = (domain: string, ask: Asked) =>
  take(api.POST('/api/v1/domains/{domain}/dkim/rotate', { params: { path: { domain }, ...asked(ask) } }));

export function useMailRecords(domain: string) {
  return useInfiniteQuery({
    queryKey: ['mail-records', domain],
    ...pages,
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/domains/{domain}/mail/records', { params: { path: { domain }, query: asQuery({ cursor: pageParam }) } })),
  });
}

export const checkMail = (domain: string) => take(api.POST('/api/v1/domains/{domain}/mail/check', { params: { path: { domain } } }));
