import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, madeOf, take, takeTagged } from '@/api/client';
import { asQuery, pages } from '@/api/query';
import type { Role } from '@/api/types';

export function useUsers() {
  return useInfiniteQuery({
    queryKey: ['users'],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/users', { params: { query: asQuery({ cursor: pageParam }) } })),
  });
}

export function useUser(id: string) {
  return useQuery({
    queryKey: ['user', id],
    staleTime: 0,
    gcTime: 0,
    queryFn: () => takeTagged(api.GET('/api/v1/users/{user}', { params: { path: { user: id } } })),
  });
}

export interface NewUser {
  email: string;
  role: Role;
  /** Empty: the address. */
  name: string;
  customers: string[];
}

export const createUser = async ({ name, ...body }: NewUser, key: string) =>
  madeOf(await take(api.POST('/api/v1/users', { params: { header: asked({ key }).header }, body: { ...body, ...(name !== '' && { name }) } })));

export const updateUser = (id: string, body: { role: Role; name: string; customers: string[] }, etag: string | undefined) =>
  take(api.PATCH('/api/v1/users/{user}', { params: { path: { user: id }, header: asked({ etag }).header }, body }));

export const deleteUser = (id: string) => take(api.DELETE('/api/v1/users/{user}', { params: { path: { user: id } } }));

/** Takes the second factor away, for a user who has lost it. */
export const resetTotp = (id: string) => take(api.DELETE('/api/v1/users/{user}/totp', { params: { path: { user: id } } }));

export const createLink = async (id: string, key: string) =>
  madeOf(await take(api.POST('/api/v1/users/{user}/link', { params: { path: { user: id }, header: asked({ key }).header } })));
