import { api, asked, take } from '@/api/client';

export const redeemLink = (token: string, password: string, key: string) =>
  take(api.POST('/api/v1/session/redeem', { params: { header: asked({ key }).header }, body: { token, password } }));
