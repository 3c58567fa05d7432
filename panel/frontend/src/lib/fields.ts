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
