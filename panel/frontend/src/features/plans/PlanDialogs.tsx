'use client';
import { Modal, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { Controller, useForm, type UseFormReturn } from 'react-hook-form';
import type { z } from 'zod';
import type { Tagged } from '@/api/client';
import { limits } from '@/api/limits';
import type { Plan } from '@/api/types';
import { formatCount } from '@/lib/format';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { Notice } from '@/ui/Notice';
import { PlainForm } from '@/ui/PlainForm';
import { createPlan, replacePlan, usePlanNow } from './api';
import { countFields, limitFields, planSchema } from './schema';

interface Done {
  onClose: () => void;
  onDone: () => void;
}

type PlanForm = UseFormReturn<z.input<typeof planSchema>, unknown, z.output<typeof planSchema>>;

function LimitFields({ form }: { form: PlanForm }) {
  const { errors } = form.formState;
  const text = { spellCheck: false, autoCapitalize: 'none', required: true };
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label="CPU" description="Cores, or 500m" {...text} {...form.register('cpu')} error={errors.cpu?.message} />
        <TextInput label="Memory" description="Such as 512Mi" {...text} {...form.register('memory')} error={errors.memory?.message} />
        <TextInput label="Storage" description="Such as 10Gi" {...text} {...form.register('storage')} error={errors.storage?.message} />
        <TextInput label="Mail storage" description="Sum of the mailboxes' quotas" {...text} {...form.register('mailStorage')} error={errors.mailStorage?.message} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 2, sm: 3 }}>
        {countFields.map(([name, label]) => (
          <Controller
            key={name}
            control={form.control}
            name={name}
            render={({ field }) => (
              <NumberInput
                label={label}
                min={limits[`Plan.${name}`].minimum}
                max={limits[`Plan.${name}`].maximum}
                allowDecimal={false}
                {...field}
                error={errors[name]?.message}
              />
            )}
          />
        ))}
      </SimpleGrid>
    </>
  );
}

const usual = {
  id: '',
  cpu: '1',
  memory: '1Gi',
  storage: '20Gi',
  mailStorage: '10Gi',
  volumes: 2,
  sites: 5,
  domains: 5,
  mailboxes: 10,
  aliases: 100,
  databases: 1,
};
const close = { 'aria-label': 'Close' };

export function NewPlanDialog({ onClose, onDone }: Done) {
  const form = useForm({ resolver: zodResolver(planSchema), defaultValues: usual });
  return (
    <Modal opened onClose={onClose} title="New plan" size="lg" closeButtonProps={close}>
      <PlainForm form={form} fields={['id', ...limitFields]} action="Make the plan" send={createPlan} onCancel={onClose} onDone={onDone}>
        <TextInput
          label="Id"
          description="Stays for good. It is what customers see, and what the command line takes."
          spellCheck={false}
          autoCapitalize="none"
          required
          {...form.register('id')}
          error={form.formState.errors.id?.message}
          data-autofocus
        />
        <LimitFields form={form} />
      </PlainForm>
    </Modal>
  );
}

function EditForm({ query, now, onClose, onDone }: Done & { query: UseQueryResult<Tagged<Plan>>; now: Tagged<Plan> }) {
  const [seen, reread] = useSeen(query, now);
  const { customers, ...plan } = seen.value;
  const form = useForm({ resolver: zodResolver(planSchema), defaultValues: { ...usual, ...plan } });
  return (
    <PlainForm
      form={form}
      fields={limitFields}
      action="Change the plan"
      send={({ id, ...body }) => replacePlan(id, body, seen.etag)}
      onReread={reread}
      onCancel={onClose}
      onDone={onDone}
    >
      {customers > 0 && (
        <Notice tone="wait" title={`${formatCount(customers, 'customer')} with this plan`}>
          Each is looked at again and gets the new limits.
        </Notice>
      )}
      <LimitFields form={form} />
    </PlainForm>
  );
}

export function EditPlanDialog({ id, ...done }: Done & { id: string }) {
  const query = usePlanNow(id);
  return (
    <Modal opened onClose={done.onClose} title={`Edit the plan: ${id}`} size="lg" closeButtonProps={close}>
      <Loaded query={query} what="the plan">
        {(now) => <EditForm query={query} now={now} {...done} />}
      </Loaded>
    </Modal>
  );
}
