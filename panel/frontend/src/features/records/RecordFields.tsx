'use client';
import { Group, NativeSelect, NumberInput, Text, Textarea, TextInput } from '@mantine/core';
import { Controller, useWatch, type UseFormReturn } from 'react-hook-form';
import type { z } from 'zod';
import { limits } from '@/api/limits';
import { fullName } from '@/lib/zone';
import { examples, recordTypes, type recordSchema } from './schema';

export type RecordForm = UseFormReturn<z.input<typeof recordSchema>, unknown, z.output<typeof recordSchema>>;

function Place({ form, zone }: { form: RecordForm; zone: string }) {
  const { errors } = form.formState;
  const name = useWatch({ control: form.control, name: 'name' });
  return (
    <Group gap="md" align="flex-start" grow preventGrowOverflow={false}>
      <TextInput
        label="Name"
        description={<>It is {fullName(name, zone)}</>}
        placeholder="@"
        spellCheck={false}
        autoCapitalize="none"
        {...form.register('name')}
        error={errors.name?.message}
        data-autofocus
      />
      <NativeSelect
        label="Type"
        description="What it says about the name"
        data={[...recordTypes]}
        maw={180}
        {...form.register('type')}
        error={errors.type?.message}
      />
    </Group>
  );
}

/** `fixed`: the RRset is there already, so its name and type stay. */
export function RecordFields({ form, zone, fixed = false }: { form: RecordForm; zone: string; fixed?: boolean }) {
  const { errors } = form.formState;
  const type = useWatch({ control: form.control, name: 'type' });
  return (
    <>
      {!fixed && <Place form={form} zone={zone} />}
      {fixed && errors.name && (
        <Text size="sm" c="var(--bad)" role="alert">
          {errors.name.message}
        </Text>
      )}
      <Textarea
        label="Values"
        description={`One a line, such as ${examples[type]}`}
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        autoCapitalize="none"
        required
        ff="monospace"
        {...form.register('values')}
        error={errors.values?.message}
        {...(fixed && { 'data-autofocus': true })}
      />
      <Controller
        control={form.control}
        name="ttl"
        render={({ field }) => (
          <NumberInput
            label="TTL"
            description="Seconds for which others may keep it."
            styles={{ wrapper: { maxWidth: 140 } }}
            min={limits.RecordTtl.minimum}
            max={limits.RecordTtl.maximum}
            allowDecimal={false}
            {...field}
            error={errors.ttl?.message}
          />
        )}
      />
    </>
  );
}
