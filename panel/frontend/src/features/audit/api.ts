import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { asQuery, pages } from '@/api/query';

export interface AuditFilter {
  customer?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
}

export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ['audit', filter],
    ...pages,
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/audit', { params: { query: asQuery({ ...filter, cursor: pageParam }) } })),
    placeholderData: (known) => known,
  });
}

/** The whole chain is walked, so it is asked for and not read by itself. */
export function useVerify() {
  return useMutation({ mutationFn: () => take(api.GET('/api/v1/audit/verify')) });
}
