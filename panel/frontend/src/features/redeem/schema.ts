import { z } from 'zod';
import { limits } from '@/api/limits';
import { newPassword } from '@/lib/fields';

export const redeemSchema = z
  .object({ password: newPassword(limits.Password), again: z.string() })
  .refine(({ password: typed, again }) => typed === again, { path: ['again'], message: 'This is not what you typed above' });

/**
 * The secret of a link, which stands behind the "#": browsers send that part to nobody. Empty when it cannot be one.
 */
export function tokenOf(hash: string): string {
  const token = hash.replace(/^#/, '');
  return token.length <= limits.Link.maxLength && /^[\x21-\x7e]+$/.test(token) ? token : '';
}
