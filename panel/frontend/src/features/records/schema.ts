/** The form of an RRset: what is typed, and what of it can be sent. */
import { z } from 'zod';
import { limits } from '@/api/limits';
import type { RecordType } from '@/api/types';
import { splitLines } from '@/lib/zone';

export const recordTypes: readonly RecordType[] = limits.RecordType.enum;

/** How the values of a type look: an example in the words of its zone. */
export const examples: { [type in RecordType]: string } = {
  A: '192.0.2.10',
  AAAA: '2001:db8::10',
  CAA: '0 issue "letsencrypt.org"',
  CNAME: 'target.example.net.',
  DS: '12345 13 2 <digest in hex>',
  HTTPS: '1 . alpn=h2',
  MX: '10 mail.example.com.',
  NAPTR: '100 10 "S" "SIP+D2U" "" _sip._udp.example.com.',
  NS: 'ns1.example.net.',
  PTR: 'host.example.com.',
  SRV: '10 5 5060 sip.example.com.',
  SSHFP: '4 2 <fingerprint in hex>',
  SVCB: '1 svc.example.net. alpn=h2',
  TLSA: '3 1 1 <digest in hex>',
  TXT: 'v=spf1 mx -all',
};

const { minimum, maximum } = limits.RecordTtl;
const bounds = `From ${minimum} to ${maximum} seconds`;

const values = z.string().transform((text, context) => {
  const lines = splitLines(text);
  if (lines.length === 0) context.addIssue({ code: 'custom', message: 'Write at least one value' });
  if (lines.length > limits.RecordValues.maxItems) context.addIssue({ code: 'custom', message: `At most ${limits.RecordValues.maxItems} values` });
  return lines;
});

/** Names are the server's to check: it knows the zone, Unicode, and what the type allows. */
export const recordSchema = z.object({
  name: z.string().trim(),
  type: z.enum(recordTypes, 'Choose a type'),
  ttl: z.coerce.number<number | string>(bounds).int('A whole number').min(minimum, bounds).max(maximum, bounds),
  values,
});

export const zoneBytes = 1024 * 1024;

export const importSchema = z.object({
  zone: z
    .string()
    .refine((text) => text.trim() !== '', 'Choose a file, or paste its text')
    .refine((text) => new TextEncoder().encode(text).length <= zoneBytes, 'At most 1 MiB'),
  mode: z.enum(['merge', 'replace']),
});
