/** What the fields of several forms have in common: zod schemas over what people type. */
import { z } from 'zod';
import { toHostname } from './names';

const message = 'Write a domain with a dot in it, such as example.com';

function convert(typed: string, context: z.RefinementCtx): string {
  const name = toHostname(typed);
  if (name?.includes('.')) return name;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** A host name of at least two labels, in the spelling that the API takes. */
export const hostname = z.string().transform(convert);

/** The same, or nothing at all. */
export const hostnameOrNone = z.string().transform((typed, context) => (typed.trim() === '' ? '' : convert(typed, context)));

/** The server counts bytes, of which an "é" has two. */
const bytes = (text: string): number => new TextEncoder().encode(text).length;

/** A password that somebody sets: what it is made of is theirs to say. */
export const newPassword = ({ minLength, maxLength }: { minLength: number; maxLength: number }) =>
  z
    .string()
    .refine((text) => bytes(text) >= minLength, `At least ${minLength} characters`)
    .refine((text) => bytes(text) <= maxLength, `At most ${maxLength} bytes`);
