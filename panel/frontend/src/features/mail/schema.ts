/** The forms of mail: what is typed, and what of it can be sent. */
import { z } from 'zod';
import { limits } from '@/api/limits';
import { newPassword } from '@/lib/fields';
import { splitNames } from '@/lib/names';
import { utcOf } from '@/lib/format';

const localRule = 'Letters, digits, dots, dashes and underscores, such as anna or anna.smith';
const localPattern = new RegExp(limits.MailLocal.pattern);

/** What stands before the @. People write capitals, which mail is delivered without. */
const local = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => !text.includes('@'), 'Write only what stands before the @')
  .refine((text) => text.includes('@') || localPattern.test(text), localRule)
  .refine((text) => text.length <= limits.MailLocal.maxLength, `At most ${limits.MailLocal.maxLength} characters before the @`);

/** Addresses, one a line or separated by commas. What is allowed in them is the server's to say. */
const addresses = (max: number) =>
  z.string().transform((text, context) => {
    const list = [...new Set(splitNames(text))];
    const wrong = list.find((one) => !/^[^@]+@[^@]+$/.test(one));
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: `“${wrong}” is no address` });
    if (list.length > max) context.addIssue({ code: 'custom', message: `At most ${max} addresses` });
    return list;
  });

/** A size as people write it, "2 GiB", becomes the API's "2Gi". */
const quota = z.string().transform((text, context) => {
  const [, count, unit] = /^\s*([1-9]\d*)\s*([MGT])i?B?\s*$/i.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return `${count}${unit.toUpperCase()}i`;
  context.addIssue({ code: 'custom', message: 'Write a size such as 500 MiB or 2 GiB' });
  return z.NEVER;
});

/** Where a password comes from. */
export const ways = ['made', 'typed', 'none'] as const;
export type Way = (typeof ways)[number];

const password = { way: z.enum(ways), password: z.string() };

function checkPassword(values: { way: Way; password: string }, context: z.RefinementCtx<{ way: Way; password: string }>): void {
  if (values.way !== 'typed') return;
  const message = newPassword(limits.MailPassword).safeParse(values.password).error?.issues[0]?.message;
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['password'], message });
}

export const passwordSchema = z.object(password).superRefine(checkPassword);

const mailbox = {
  name: z.string().trim().max(limits.MailboxName.maxLength, `At most ${limits.MailboxName.maxLength} characters`),
  quota,
  forwards: addresses(limits.MailboxForwards.maxItems),
  keep: z.boolean(),
};

/** Mail that is forwarded nowhere is always kept. */
const keeping = <Values extends { forwards: string[]; keep: boolean }>(values: Values): Values => ({
  ...values,
  keep: values.keep || values.forwards.length === 0,
});

export const newMailboxSchema = z.object({ address: local, ...mailbox, ...password }).superRefine(checkPassword).transform(keeping);

export const mailboxSchema = z.object({ ...mailbox, active: z.boolean() }).transform(keeping);

const time = z.string().transform((text, context) => {
  const utc = utcOf(text);
  if (utc === undefined) context.addIssue({ code: 'custom', message: 'Choose a day and a time, or leave it empty' });
  return utc ?? z.NEVER;
});

const reply = z
  .object({
    on: z.boolean(),
    subject: z.string().trim().max(limits.AutoReplySubject.maxLength, `At most ${limits.AutoReplySubject.maxLength} characters`),
    text: z.string().max(limits.AutoReplyText.maxLength, `At most ${limits.AutoReplyText.maxLength} characters`),
    from: time,
    until: time,
  })
  .superRefine(({ on, text, from, until }, context) => {
    if (on && text.trim() === '') context.addIssue({ code: 'custom', path: ['text'], message: 'Write what is answered' });
    if (from !== '' && until !== '' && Date.parse(until) <= Date.parse(from)) {
      context.addIssue({ code: 'custom', path: ['until'], message: 'It must end after it begins' });
    }
  })
  .transform(({ from, until, ...rest }) => ({ ...rest, ...(from !== '' && { from }), ...(until !== '' && { until }) }));

export const replySchema = z.object({ autoReply: reply });

const targets = addresses(limits.AliasTargets.maxItems).refine((list) => list.length > 0, 'Name at least one address');

export const aliasSchema = z.object({ targets });

/** The catch-all has no name of its own, so what was typed as one does not matter. */
export const newAliasSchema = z
  .object({ catchAll: z.boolean(), address: z.string(), targets })
  .transform(({ catchAll, address, targets: list }, context) => {
    const read = local.safeParse(catchAll ? 'any' : address);
    if (!read.success) context.addIssue({ code: 'custom', path: ['address'], message: read.error.issues[0]?.message ?? localRule });
    return { address: catchAll ? '*' : (read.data ?? ''), targets: list };
  });

const score = ({ minimum, maximum }: { minimum: number; maximum: number }) => {
  const bounds = `A whole number from ${minimum} to ${maximum}`;
  return z.coerce.number<number | string>(bounds).int(bounds).min(minimum, bounds).max(maximum, bounds);
};

export const spamSchema = z.object({
  spam: z.object({ junk: score(limits.SpamJunk), reject: score(limits.SpamReject) }).superRefine(({ junk, reject }, context) => {
    if (reject <= junk) context.addIssue({ code: 'custom', path: ['reject'], message: 'It must be more than the score for Junk' });
  }),
});
