import { useInfiniteQuery } from '@tanstack/react-query';
import { api, asked, madeOf, take } from '@/api/client';
import { asQuery, pages } from '@/api/query';

export function useTokens() {
  return useInfiniteQuery({
    queryKey: ['tokens'],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/tokens', { params: { query: asQuery({ cursor: pageParam }) } })),
  });
}

export interface NewToken {
  name: string;
  access: 'read' | 'write';
  /** Empty: all that the user sees. */
  customerId: string;
  expiresInDays: number;
}

export const createToken = async ({ name, access, customerId, expiresInDays }: NewToken, key: string) =>
  madeOf(
    await take(
      api.POST('/api/v1/tokens', {
        params: { header: asked({ key }).header },
        body: { name, scopes: access === 'read' ? ['read'] : ['read', 'write'], expiresInDays, ...(customerId !== '' && { customerId }) },
      }),
    ),
  );

/** With its secret, once. */
export type Made = Awaited<ReturnType<typeof createToken>>;

export const deleteToken = (id: string) => take(api.DELETE('/api/v1/tokens/{token}', { params: { path: { token: id } } }));
