'use client';
import { Modal, Text, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { changesOf, operationOf } from '@/api/client';
import type { Operation } from '@/api/types';
import { hostname } from '@/lib/fields';
import { ReviewForm } from '@/ui/ReviewForm';
import { createDomain } from './api';

const schema = z.object({ domain: hostname });

interface NewDomainDialogProps {
  customer: string;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

export function NewDomainDialog({ customer, onClose, onAccepted }: NewDomainDialogProps) {
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { domain: '' } });
  return (
    <Modal opened onClose={onClose} title={`New domain of ${customer}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <ReviewForm
        form={form}
        fields={['domain']}
        action="Make the domain"
        preview={async ({ domain }) => changesOf(await createDomain({ customerId: customer, domain }, { dryRun: true }))}
        apply={async ({ domain }, key) => operationOf(await createDomain({ customerId: customer, domain }, { key }))}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        <Text>It gets a DNS zone. When no site has the domain or its www as a hostname, a site for both is made with it.</Text>
        <TextInput
          label="Domain"
          placeholder="example.com"
          spellCheck={false}
          autoCapitalize="none"
          inputMode="url"
          required
          {...form.register('domain')}
          error={form.formState.errors.domain?.message}
          data-autofocus
        />
      </ReviewForm>
    </Modal>
  );
}
