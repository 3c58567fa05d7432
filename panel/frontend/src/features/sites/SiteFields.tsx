'use client';
import { NumberInput, Textarea } from '@mantine/core';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { z } from 'zod';
import { limits } from '@/api/limits';
import { splitNames, toHostname } from '@/lib/names';

const { minimum, maximum } = limits.Replicas;
const bounds = `From ${minimum} to ${maximum}`;

/** Hostnames are typed one a line; the first that is none is named in the message. */
const hostnames = z.string().transform((text, context) => {
  const names: string[] = [];
  for (const typed of splitNames(text)) {
    const name = toHostname(typed);
    if (!name?.includes('.')) {
      context.addIssue({ code: 'custom', message: `“${typed}” is no hostname` });
      return z.NEVER;
    }
    if (!names.includes(name)) names.push(name);
  }
  if (names.length === 0) context.addIssue({ code: 'custom', message: 'Write at least one hostname' });
  if (names.length > limits.Hostnames.maxItems) context.addIssue({ code: 'custom', message: `At most ${limits.Hostnames.maxItems} hostnames` });
  return names;
});

export const siteSchema = z.object({
  hostnames,
  replicas: z.coerce.number<number | string>(bounds).int('A whole number').min(minimum, bounds).max(maximum, bounds),
});

type Typed = z.input<typeof siteSchema>;
export type SiteForm = UseFormReturn<Typed, unknown, z.output<typeof siteSchema>>;

export function SiteFields({ form, now }: { form: SiteForm; now?: string }) {
  const { errors } = form.formState;
  return (
    <>
      <Textarea
        label="Hostnames"
        description={`One a line; the first is the main one.${now === undefined ? '' : ` At present: ${now}`}`}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        autoCapitalize="none"
        required
        {...form.register('hostnames')}
        error={errors.hostnames?.message}
        data-autofocus
      />
      <Controller
        control={form.control}
        name="replicas"
        render={({ field }) => (
          <NumberInput
            label="Replicas"
            description="How many pods serve the site; 0 stops it."
            styles={{ wrapper: { maxWidth: 140 } }}
            min={minimum}
            max={maximum}
            allowDecimal={false}
            {...field}
            error={errors.replicas?.message}
          />
        )}
      />
    </>
  );
}
