'use client';
import { Checkbox, Group, Modal, Textarea, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import type { Mailbox, Operation } from '@/api/types';
import { localOf } from '@/lib/format';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { ReviewForm } from '@/ui/ReviewForm';
import { updateMailbox, useMailbox } from './api';
import { replySchema } from './schema';

interface Done {
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

function Form({ query, mailbox, onClose, onAccepted }: Done & { query: UseQueryResult<Tagged<Mailbox>>; mailbox: Tagged<Mailbox> }) {
  const [seen, reread] = useSeen(query, mailbox);
  const { address, autoReply } = seen.value;
  const form = useForm({
    resolver: zodResolver(replySchema),
    defaultValues: {
      autoReply: {
        on: autoReply.on,
        subject: autoReply.subject ?? '',
        text: autoReply.text ?? '',
        from: localOf(autoReply.from),
        until: localOf(autoReply.until),
      },
    },
  });
  const { register } = form;
  const errors = form.formState.errors.autoReply;
  return (
    <ReviewForm
      form={form}
      fields={['autoReply.on', 'autoReply.subject', 'autoReply.text', 'autoReply.from', 'autoReply.until']}
      action="Change the auto-reply"
      preview={async (values) => changesOf(await updateMailbox(address, values, { dryRun: true, etag: seen.etag }))}
      apply={async (values) => operationOf(await updateMailbox(address, values, { etag: seen.etag }))}
      onReread={reread}
      onCancel={onClose}
      onAccepted={onAccepted}
    >
      <Checkbox
        label="Answer by itself"
        description="Each sender once in a while; never mailing lists."
        {...register('autoReply.on')}
        error={errors?.on?.message}
        data-autofocus
      />
      <TextInput
        label="Subject"
        description="Empty: made of the message’s."
        autoComplete="off"
        {...register('autoReply.subject')}
        error={errors?.subject?.message}
      />
      <Textarea
        label="Text"
        placeholder="I am back on Monday."
        autosize
        minRows={4}
        maxRows={14}
        {...register('autoReply.text')}
        error={errors?.text?.message}
      />
      <Group gap="md" align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label="Not before"
          description="In your local time. Empty: at once."
          type="datetime-local"
          {...register('autoReply.from')}
          error={errors?.from?.message}
        />
        <TextInput
          label="Not after"
          description="Empty: until it is switched off."
          type="datetime-local"
          {...register('autoReply.until')}
          error={errors?.until?.message}
        />
      </Group>
    </ReviewForm>
  );
}

/** What answers by itself while nobody reads. */
export function AutoReplyDialog({ address, ...done }: Done & { address: string }) {
  const query = useMailbox(address);
  return (
    <Modal opened onClose={done.onClose} title={`Auto-reply of ${address}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Loaded query={query} what="the mailbox">
        {(mailbox) => <Form query={query} mailbox={mailbox} {...done} />}
      </Loaded>
    </Modal>
  );
}
