import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '@/api/client';
import { sessionKey } from '@/api/query';

const totpKey = ['totp'] as const;

export function useTotp() {
  return useQuery({ queryKey: totpKey, queryFn: () => take(api.GET('/api/v1/session/totp')) });
}

/** Every session of the user ends with the old password, this one too. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { current: string; password: string }) => take(api.PUT('/api/v1/session/password', { body })),
    onSuccess: () => client.setQueryData(sessionKey, null),
  });
}

function useTotpChange<In, Out>(mutationFn: (body: In) => Promise<Out>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: totpKey }) });
}

export interface Proof {
  password: string;
  code: string;
}

export const useEnrol = () => useTotpChange((body: { password: string }) => take(api.POST('/api/v1/session/totp', { body })));
export const useConfirm = () => useTotpChange((body: { code: string }) => take(api.POST('/api/v1/session/totp/confirm', { body })));
export const useDisable = () => useTotpChange((body: Proof) => take(api.POST('/api/v1/session/totp/disable', { body })));
export const useRenewCodes = () => useTotpChange((body: Proof) => take(api.POST('/api/v1/session/totp/recovery-codes', { body })));
