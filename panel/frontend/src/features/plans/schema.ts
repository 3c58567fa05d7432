/** The form of a plan: its limits as the API takes them. */
import { z } from 'zod';
import { limits } from '@/api/limits';

const quantity = (bound: { pattern: string; maxLength: number }, message: string) =>
  z.string().trim().max(bound.maxLength, message).regex(new RegExp(bound.pattern), message);

function count({ minimum, maximum }: { minimum: number; maximum: number }) {
  const bounds = `From ${minimum} to ${maximum.toLocaleString('en')}`;
  return z.coerce.number<number | string>(bounds).int('A whole number').min(minimum, bounds).max(maximum, bounds);
}

const bytes = quantity(limits.BytesQuantity, 'Write bytes with a suffix, such as 512Mi or 10Gi');

export const limitsSchema = z.object({
  cpu: quantity(limits.CpuQuantity, 'Write cores, such as 2, or thousandths of them, such as 500m'),
  memory: bytes,
  storage: bytes,
  volumes: count(limits['Plan.volumes']),
  sites: count(limits['Plan.sites']),
  domains: count(limits['Plan.domains']),
  mailboxes: count(limits['Plan.mailboxes']),
  mailStorage: bytes,
  aliases: count(limits['Plan.aliases']),
  databases: count(limits['Plan.databases']),
});

const { minLength, maxLength, pattern } = limits.PlanId;
const idRule = `${minLength} to ${maxLength} characters: a lower-case letter, then letters, digits and single dashes between them`;

export const planSchema = limitsSchema.extend({
  id: z.string().trim().min(minLength, idRule).max(maxLength, idRule).regex(new RegExp(pattern), idRule),
});

export const countFields = [
  ['volumes', 'Volumes'],
  ['sites', 'Sites'],
  ['domains', 'Domains'],
  ['mailboxes', 'Mailboxes'],
  ['aliases', 'Aliases'],
  ['databases', 'Databases'],
] as const;

export const limitFields = ['cpu', 'memory', 'storage', 'mailStorage', ...countFields.map(([name]) => name)] as const;
