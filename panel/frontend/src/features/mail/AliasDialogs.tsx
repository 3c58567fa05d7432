'use client';
import { Checkbox, Modal, Text, Textarea, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useForm, useWatch, type UseFormRegisterReturn } from 'react-hook-form';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import type { Alias, Operation } from '@/api/types';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { ReviewForm } from '@/ui/ReviewForm';
import { createAlias, deleteAlias, updateAlias, useAlias } from './api';
import { aliasSchema, newAliasSchema } from './schema';

interface Done {
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

const close = { 'aria-label': 'Close' };

/** A catch-all is named by what it does: its address is "*@" and the domain. */
export const aliasName = (address: string): string => (address.startsWith('*@') ? `catch-all of ${address.slice(2)}` : address);

interface TargetsFieldProps {
  targets: UseFormRegisterReturn;
  error: string | undefined;
  catchAll: boolean;
  focused?: boolean;
}

function TargetsField({ targets, error, catchAll, focused = false }: TargetsFieldProps) {
  return (
    <Textarea
      label="Leads to"
      description={
        catchAll
          ? 'Addresses in domains of this customer, one a line or separated by commas.'
          : 'Addresses here or elsewhere, one a line or separated by commas.'
      }
      autosize
      minRows={2}
      maxRows={10}
      spellCheck={false}
      autoCapitalize="none"
      required
      {...targets}
      error={error}
      {...(focused && { 'data-autofocus': true })}
    />
  );
}

export function NewAliasDialog({ domain, onClose, onAccepted }: Done & { domain: string }) {
  const form = useForm({ resolver: zodResolver(newAliasSchema), defaultValues: { catchAll: false, address: '', targets: '' } });
  const { register, control } = form;
  const { errors } = form.formState;
  const catchAll = useWatch({ control, name: 'catchAll' });
  const body = ({ address, targets }: { address: string; targets: string[] }) => ({ address: `${address}@${domain}`, targets });
  return (
    <Modal opened onClose={onClose} title={`New alias of ${domain}`} size="lg" closeButtonProps={close}>
      <ReviewForm
        form={form}
        fields={['address', 'targets']}
        action="Make the alias"
        preview={async (values) => changesOf(await createAlias(body(values), { dryRun: true }))}
        apply={async (values, key) => operationOf(await createAlias(body(values), { key }))}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        {!catchAll && (
          <TextInput
            label="Address"
            description={`What stands before @${domain}.`}
            placeholder="info"
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            required
            {...register('address')}
            error={errors.address?.message}
            data-autofocus
          />
        )}
        <Checkbox
          label="Catch-all"
          description="Gets what is sent to an address without a mailbox or an alias: much of it is spam."
          {...register('catchAll')}
          {...(catchAll && { error: errors.address?.message })}
        />
        <TargetsField targets={register('targets')} error={errors.targets?.message} catchAll={catchAll} />
      </ReviewForm>
    </Modal>
  );
}

function EditForm({ query, alias, onClose, onAccepted }: Done & { query: UseQueryResult<Tagged<Alias>>; alias: Tagged<Alias> }) {
  const [seen, reread] = useSeen(query, alias);
  const { address } = seen.value;
  const form = useForm({ resolver: zodResolver(aliasSchema), defaultValues: { targets: seen.value.targets.join('\n') } });
  return (
    <ReviewForm
      form={form}
      fields={['targets']}
      action="Change the alias"
      preview={async (values) => changesOf(await updateAlias(address, values, { dryRun: true, etag: seen.etag }))}
      apply={async (values) => operationOf(await updateAlias(address, values, { etag: seen.etag }))}
      onReread={reread}
      onCancel={onClose}
      onAccepted={onAccepted}
    >
      <TargetsField
        targets={form.register('targets')}
        error={form.formState.errors.targets?.message}
        catchAll={address.startsWith('*@')}
        focused
      />
    </ReviewForm>
  );
}

export function EditAliasDialog({ address, ...done }: Done & { address: string }) {
  const query = useAlias(address);
  return (
    <Modal opened onClose={done.onClose} title={`Edit: ${aliasName(address)}`} size="lg" closeButtonProps={close}>
      <Loaded query={query} what="the alias">
        {(alias) => <EditForm query={query} alias={alias} {...done} />}
      </Loaded>
    </Modal>
  );
}

export function DeleteAliasDialog({ address, onClose, onAccepted }: Done & { address: string }) {
  const query = useAlias(address);
  const etag = query.data?.etag;
  return (
    <ChangeDialog
      title={`Delete the alias: ${aliasName(address)}`}
      action="Delete the alias"
      danger
      ready={query.isSuccess}
      previewKey={['alias.delete', address, etag]}
      preview={async () => changesOf(await deleteAlias(address, { dryRun: true, etag }))}
      apply={async () => operationOf(await deleteAlias(address, { etag }))}
      onReread={async () => {
        await query.refetch();
      }}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Loaded query={query} what="the alias">
        {({ value }) => <Text>Mail to it is refused from then on. It leads to {value.targets.join(', ')} now.</Text>}
      </Loaded>
    </ChangeDialog>
  );
}
