'use client';
import { Modal, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { changesOf, operationOf, type Asked, type Tagged } from '@/api/client';
import { limits } from '@/api/limits';
import type { Customer, Operation } from '@/api/types';
import { useSeen } from '@/ui/hooks';
import { ReviewForm } from '@/ui/ReviewForm';
import { PlanPicker } from '../plans/PlanPicker';
import { updateCustomer } from './api';

const schema = z.object({
  name: z.string().trim().min(1, 'Give it a name').max(limits.CustomerName.maxLength, `At most ${limits.CustomerName.maxLength} characters`),
  plan: z.string().min(1, 'Choose a plan'),
});

interface EditDialogProps {
  query: UseQueryResult<Tagged<Customer>>;
  customer: Tagged<Customer>;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

export function EditDialog({ query, customer, onClose, onAccepted }: EditDialogProps) {
  const [seen, reread] = useSeen(query, customer);
  const { id, name, plan } = seen.value;
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name, plan } });
  const { errors } = form.formState;
  const send = (values: z.output<typeof schema>, ask: Asked) => updateCustomer(id, values, { ...ask, etag: seen.etag });
  return (
    <Modal opened onClose={onClose} title={`Edit: ${name}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <ReviewForm
        form={form}
        fields={['name', 'plan']}
        action="Change the customer"
        preview={async (values) => changesOf(await send(values, { dryRun: true }))}
        apply={async (values) => operationOf(await send(values, {}))}
        onReread={reread}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        <TextInput label="Name" description={`At present: ${name}`} {...form.register('name')} error={errors.name?.message} data-autofocus />
        <Controller
          control={form.control}
          name="plan"
          render={({ field }) => <PlanPicker value={field.value} onChange={field.onChange} error={errors.plan?.message} now={plan} />}
        />
      </ReviewForm>
    </Modal>
  );
}
