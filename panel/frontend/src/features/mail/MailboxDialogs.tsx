'use client';
import { Checkbox, Modal, Text, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import type { Mailbox, Operation } from '@/api/types';
import { formatQuantity } from '@/lib/format';
import { makePassword } from '@/lib/password';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { ReviewForm } from '@/ui/ReviewForm';
import { createMailbox, deleteMailbox, updateMailbox, useMailbox, type NewMailbox } from './api';
import { MailboxFields } from './MailboxFields';
import { PasswordFields } from './PasswordFields';
import { mailboxSchema, newMailboxSchema, passwordSchema, ways, type Way } from './schema';

/** Of a password that was made, which is shown once. */
export interface Made {
  address: string;
  password: string;
}

interface Done {
  onClose: () => void;
  onAccepted: (operation: Operation, made?: Made) => void;
}

const close = { 'aria-label': 'Close' };

export function NewMailboxDialog({ domain, onClose, onAccepted }: Done & { domain: string }) {
  const [made] = useState(makePassword);
  const form = useForm({
    resolver: zodResolver(newMailboxSchema),
    defaultValues: { address: '', name: '', way: 'made' as Way, password: '', quota: '1 GiB', forwards: '', keep: true },
  });
  const { register, control } = form;
  const { errors } = form.formState;
  const [way, forwards] = useWatch({ control, name: ['way', 'forwards'] });
  const body = ({ address, way: from, password, ...rest }: NewMailbox & { way: Way; password: string }): NewMailbox => ({
    ...rest,
    address: `${address}@${domain}`,
    ...(from !== 'none' && { password: from === 'made' ? made : password }),
  });
  return (
    <Modal opened onClose={onClose} title={`New mailbox of ${domain}`} size="lg" closeButtonProps={close}>
      <ReviewForm
        form={form}
        fields={['address', 'name', 'password', 'quota', 'forwards', 'keep']}
        action="Make the mailbox"
        preview={async (values) => changesOf(await createMailbox(body(values), { dryRun: true }))}
        apply={async (values, key) => operationOf(await createMailbox(body(values), { key }))}
        onCancel={onClose}
        onAccepted={(operation) => {
          const address = `${form.getValues('address').trim().toLowerCase()}@${domain}`;
          onAccepted(operation, way === 'made' ? { address, password: made } : undefined);
        }}
      >
        <TextInput
          label="Address"
          description={`What stands before @${domain}.`}
          placeholder="anna"
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          required
          {...register('address')}
          error={errors.address?.message}
          data-autofocus
        />
        <PasswordFields way={register('way')} password={register('password')} error={errors.password?.message} ways={ways} chosen={way} />
        <MailboxFields
          name={register('name')}
          quota={register('quota')}
          forwards={register('forwards')}
          keep={register('keep')}
          errors={errors}
          forwardsTyped={forwards}
        />
      </ReviewForm>
    </Modal>
  );
}

interface FormProps extends Done {
  query: UseQueryResult<Tagged<Mailbox>>;
  mailbox: Tagged<Mailbox>;
}

function EditForm({ query, mailbox, onClose, onAccepted }: FormProps) {
  const [seen, reread] = useSeen(query, mailbox);
  const { address, name, quota, forwards: had, keep, active } = seen.value;
  const form = useForm({
    resolver: zodResolver(mailboxSchema),
    defaultValues: { name, quota: formatQuantity(quota), forwards: had.join('\n'), keep, active },
  });
  const { register, control } = form;
  const { errors } = form.formState;
  const forwards = useWatch({ control, name: 'forwards' });
  return (
    <ReviewForm
      form={form}
      fields={['name', 'quota', 'forwards', 'keep', 'active']}
      action="Change the mailbox"
      preview={async (values) => changesOf(await updateMailbox(address, values, { dryRun: true, etag: seen.etag }))}
      apply={async (values) => operationOf(await updateMailbox(address, values, { etag: seen.etag }))}
      onReread={reread}
      onCancel={onClose}
      onAccepted={onAccepted}
    >
      <MailboxFields
        name={register('name')}
        quota={register('quota')}
        forwards={register('forwards')}
        keep={register('keep')}
        errors={errors}
        forwardsTyped={forwards}
      />
      <Checkbox
        label="Active"
        description="Switched off, nobody signs in or sends; mail is still received."
        {...register('active')}
        error={errors.active?.message}
      />
    </ReviewForm>
  );
}

export function EditMailboxDialog({ address, ...done }: Done & { address: string }) {
  const query = useMailbox(address);
  return (
    <Modal opened onClose={done.onClose} title={`Edit: ${address}`} size="lg" closeButtonProps={close}>
      <Loaded query={query} what="the mailbox">
        {(mailbox) => <EditForm query={query} mailbox={mailbox} {...done} />}
      </Loaded>
    </Modal>
  );
}

const newWays = ways.filter((way) => way !== 'none');

/** It takes the place of the one before whatever else was changed meanwhile, so no version is named. */
export function PasswordDialog({ address, onClose, onAccepted }: Done & { address: string }) {
  const [made] = useState(makePassword);
  const form = useForm({ resolver: zodResolver(passwordSchema), defaultValues: { way: 'made' as Way, password: '' } });
  const way = useWatch({ control: form.control, name: 'way' });
  const body = (values: { way: Way; password: string }) => ({ password: values.way === 'made' ? made : values.password });
  return (
    <Modal opened onClose={onClose} title={`New password for ${address}`} size="lg" closeButtonProps={close}>
      <ReviewForm
        form={form}
        fields={['password']}
        action="Set the password"
        preview={async (values) => changesOf(await updateMailbox(address, body(values), { dryRun: true }))}
        apply={async (values) => operationOf(await updateMailbox(address, body(values), {}))}
        onCancel={onClose}
        onAccepted={(operation) => onAccepted(operation, way === 'made' ? { address, password: made } : undefined)}
      >
        <Text>The one before is good no more, also in programs that are signed in now.</Text>
        <PasswordFields
          way={form.register('way')}
          password={form.register('password')}
          error={form.formState.errors.password?.message}
          ways={newWays}
          chosen={way}
        />
      </ReviewForm>
    </Modal>
  );
}

export function DeleteMailboxDialog({ address, onClose, onAccepted }: Done & { address: string }) {
  const query = useMailbox(address);
  const etag = query.data?.etag;
  return (
    <ChangeDialog
      title={`Delete the mailbox: ${address}`}
      action="Delete the mailbox"
      danger
      typed={address}
      ready={query.isSuccess}
      previewKey={['mailbox.delete', address, etag]}
      preview={async () => changesOf(await deleteMailbox(address, { dryRun: true, etag }))}
      apply={async () => operationOf(await deleteMailbox(address, { etag }))}
      onReread={async () => {
        await query.refetch();
      }}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Loaded query={query} what="the mailbox">
        {() => <Text>All mail in it is deleted with it. Aliases that lead to it stay, and lead nowhere then.</Text>}
      </Loaded>
    </ChangeDialog>
  );
}
