import { z } from 'zod';
import { limits } from '@/api/limits';

const { minLength, maxLength } = limits.Password;

/** The server counts bytes, of which an "é" has two. */
const bytes = (text: string): number => new TextEncoder().encode(text).length;

const password = z
  .string()
  .refine((text) => bytes(text) >= minLength, `At least ${minLength} characters`)
  .refine((text) => bytes(text) <= maxLength, `At most ${maxLength} bytes`);

export const redeemSchema = z
  .object({ password, again: z.string() })
  .refine(({ password: typed, again }) => typed === again, { path: ['again'], message: 'This is not what you typed above' });

/**
 * The secret of a link, which stands behind the "#": browsers send that part to nobody. Empty when it cannot be one.
 */
export function tokenOf(hash: string): string {
  const token = hash.replace(/^#/, '');
  return token.length <= limits.Link.maxLength && /^[\x21-\x7e]+$/.test(token) ? token : '';
}
