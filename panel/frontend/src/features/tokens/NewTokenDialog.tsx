'use client';
import { Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { limits } from '@/api/limits';
import { PlainForm } from '@/ui/PlainForm';
import { CustomerPicker } from '../customers/CustomerPicker';
import { createToken, type Made } from './api';

const { minimum, maximum } = limits.TokenDays;
const bounds = `From ${minimum} to ${maximum}`;

export const tokenSchema = z.object({
  name: z.string().trim().min(1, 'Say what it is for').max(limits.TokenName.maxLength, `At most ${limits.TokenName.maxLength} characters`),
  access: z.enum(['read', 'write']),
  customerId: z.string(),
  expiresInDays: z.coerce.number<number | string>(bounds).int('A whole number').min(minimum, bounds).max(maximum, bounds),
});

export function NewTokenDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const form = useForm({ resolver: zodResolver(tokenSchema), defaultValues: { name: '', access: 'read' as const, customerId: '', expiresInDays: 90 } });
  const { errors } = form.formState;
  return (
    <Modal opened onClose={onClose} title="New API token" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <PlainForm
        form={form}
        fields={['name', 'access', 'customerId', 'expiresInDays']}
        action="Make the token"
        send={createToken}
        onCancel={onClose}
        onDone={onMade}
      >
        <TextInput
          label="Name"
          description="What it is for, so that it can be revoked when that is over."
          required
          {...form.register('name')}
          error={errors.name?.message}
          data-autofocus
        />
        <NativeSelect
          label="Good for"
          data={[
            { value: 'read', label: 'reading only' },
            { value: 'write', label: 'reading and changing' },
          ]}
          {...form.register('access')}
          error={errors.access?.message}
        />
        <Controller
          control={form.control}
          name="customerId"
          render={({ field: { value, onChange, onBlur } }) => (
            <CustomerPicker
              label="Customer"
              description="The only customer that it is to be good for; write a part of its id or name. Empty: all that you see."
              {...{ value, onChange, onBlur }}
              error={errors.customerId?.message}
            />
          )}
        />
        <Controller
          control={form.control}
          name="expiresInDays"
          render={({ field }) => (
            <NumberInput
              label="Days"
              description="How long it is good."
              styles={{ wrapper: { maxWidth: 140 } }}
              min={minimum}
              max={maximum}
              allowDecimal={false}
              {...field}
              error={errors.expiresInDays?.message}
            />
          )}
        />
      </PlainForm>
    </Modal>
  );
}
