'use client';
import { Text, Textarea } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import { limits } from '@/api/limits';
import type { Customer, Operation } from '@/api/types';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { useSeen } from '@/ui/hooks';
import { doTo, type Deed } from './api';

interface Words {
  title: string;
  action: string;
  text: string;
  danger?: boolean;
  /** The customer's id must be typed. */
  typed?: boolean;
}

const words: { [deed in Deed]: Words } = {
  suspend: {
    title: 'Suspend',
    action: 'Suspend the customer',
    text: 'Visitors see a page that says so, and the sites stop. Nothing is deleted, and resuming brings everything back.',
  },
  resume: { title: 'Resume', action: 'Resume the customer', text: 'The sites start again and are served as before.' },
  trash: {
    title: 'Move to the trash',
    action: 'Move to the trash',
    text: 'Nothing is served any more, and nothing is lost: it can be restored until it is erased by itself.',
    danger: true,
    typed: true,
  },
  restore: { title: 'Restore', action: 'Restore the customer', text: 'The customer is as it was before, suspended if it was.' },
  erase: {
    title: 'Erase now',
    action: 'Erase for good',
    text: 'Files, zones and settings are deleted on every plane at once. This cannot be undone.',
    danger: true,
    typed: true,
  },
  reconcile: {
    title: 'Look again',
    action: 'Put it right',
    text: 'Every step looks at its plane and puts right what differs. That is safe at any time.',
  },
};

interface DeedDialogProps {
  deed: Deed;
  query: UseQueryResult<Tagged<Customer>>;
  customer: Tagged<Customer>;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

/** Something that is done to a customer as it is: what it means, what would change, and the button. */
export function DeedDialog({ deed, query, customer, onClose, onAccepted }: DeedDialogProps) {
  const [seen, reread] = useSeen(query, customer);
  const [reason, setReason] = useState('');
  const { id, name } = seen.value;
  const { title, action, text, danger = false, typed = false } = words[deed];
  return (
    <ChangeDialog
      title={`${title}: ${name}`}
      action={action}
      danger={danger}
      {...(typed && { typed: id })}
      previewKey={[deed, id, seen.etag]}
      preview={async () => changesOf(await doTo(id, deed, { dryRun: true, etag: seen.etag }))}
      apply={async (key) => operationOf(await doTo(id, deed, { etag: seen.etag, key }, reason.trim()))}
      onReread={reread}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Text>{text}</Text>
      {deed === 'suspend' && (
        <Textarea
          label="Reason"
          description="Seen by those who run the installation, not by visitors."
          autosize
          minRows={2}
          maxLength={limits.SuspendReason.maxLength}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value.replace(/\s/g, ' '))}
        />
      )}
    </ChangeDialog>
  );
}
