'use client';
import { Button, Group, Modal, NumberInput, Text } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import type { z } from 'zod';
import { changesOf, operationOf, type Asked, type Tagged } from '@/api/client';
import { limits } from '@/api/limits';
import type { Customer, Operation } from '@/api/types';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { Section } from '@/ui/Page';
import { ReviewForm } from '@/ui/ReviewForm';
import { updateCustomer, useCustomer } from '../customers/api';
import { useMay } from '../session/may';
import { spamSchema } from './schema';

interface DialogProps {
  query: UseQueryResult<Tagged<Customer>>;
  customer: Tagged<Customer>;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

const fields = [
  ['junk', 'Junk from score', 'What has it or more goes to the folder Junk.', limits.SpamJunk],
  ['reject', 'Refused from score', 'What has it or more is not taken, and its sender is told.', limits.SpamReject],
] as const;

function SpamDialog({ query, customer, onClose, onAccepted }: DialogProps) {
  const [seen, reread] = useSeen(query, customer);
  const { id, name, spam } = seen.value;
  const form = useForm({ resolver: zodResolver(spamSchema), defaultValues: { spam: { ...spam } as { junk: number | string; reject: number | string } } });
  const send = (values: z.output<typeof spamSchema>, ask: Asked) => updateCustomer(id, values, { ...ask, etag: seen.etag });
  return (
    <Modal opened onClose={onClose} title={`Spam: ${name}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <ReviewForm
        form={form}
        fields={['spam.junk', 'spam.reject']}
        action="Change the limits"
        preview={async (values) => changesOf(await send(values, { dryRun: true }))}
        apply={async (values) => operationOf(await send(values, {}))}
        onReread={reread}
        onCancel={onClose}
        onAccepted={(operation) => {
          onClose();
          onAccepted(operation);
        }}
      >
        <Text>They hold for all mail to this customer, in each of its domains.</Text>
        <Group gap="md" align="flex-start" grow>
          {fields.map(([field, label, description, { minimum, maximum }], index) => (
            <Controller
              key={field}
              name={`spam.${field}`}
              control={form.control}
              render={({ field: input, fieldState }) => (
                <NumberInput
                  {...input}
                  label={label}
                  description={description}
                  min={minimum}
                  max={maximum}
                  allowDecimal={false}
                  error={fieldState.error?.message}
                  data-autofocus={index === 0 || undefined}
                />
              )}
            />
          ))}
        </Group>
      </ReviewForm>
    </Modal>
  );
}

/** What becomes of spam: limits of the customer's, shown with each of its domains' mail. */
export function Spam({ customer, onAccepted }: { customer: string; onAccepted: (operation: Operation) => void }) {
  const [changing, setChanging] = useState(false);
  const query = useCustomer(customer);
  const may = useMay();
  const button = may('updateCustomer') && query.data && (
    <Button size="xs" variant="default" onClick={() => setChanging(true)}>
      Change the limits
    </Button>
  );
  return (
    <Section title="Spam" aside={button}>
      <Loaded query={query} what="the limits">
        {(tagged) => (
          <>
            <Text>
              Each message gets points for what makes it look like spam. From {tagged.value.spam.junk} on it goes to Junk, from {tagged.value.spam.reject} on it is
              refused.
            </Text>
            {changing && <SpamDialog query={query} customer={tagged} onClose={() => setChanging(false)} onAccepted={onAccepted} />}
          </>
        )}
      </Loaded>
    </Section>
  );
}
