'use client';
import { Modal } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { changesOf, operationOf } from '@/api/client';
import type { Operation } from '@/api/types';
import { ReviewForm } from '@/ui/ReviewForm';
import { createSite } from './api';
import { SiteFields, siteSchema } from './SiteFields';

interface NewSiteDialogProps {
  customer: string;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

export function NewSiteDialog({ customer, onClose, onAccepted }: NewSiteDialogProps) {
  const form = useForm({ resolver: zodResolver(siteSchema), defaultValues: { hostnames: '', replicas: 1 } });
  return (
    <Modal opened onClose={onClose} title={`New site of ${customer}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <ReviewForm
        form={form}
        fields={['hostnames', 'replicas']}
        action="Make the site"
        preview={async (values) => changesOf(await createSite(customer, values, { dryRun: true }))}
        apply={async (values, key) => operationOf(await createSite(customer, values, { key }))}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        <SiteFields form={form} />
      </ReviewForm>
    </Modal>
  );
}
