'use client';
import { Checkbox, Textarea, TextInput } from '@mantine/core';
import type { UseFormRegisterReturn } from 'react-hook-form';

interface Parts {
  name: UseFormRegisterReturn;
  quota: UseFormRegisterReturn;
  forwards: UseFormRegisterReturn;
  keep: UseFormRegisterReturn;
}

interface MailboxFieldsProps extends Parts {
  errors: { [part in keyof Parts]?: { message?: string } };
  /** As it is typed. */
  forwardsTyped: string;
}

/** What new mailboxes and changed ones have in common. */
export function MailboxFields({ name, quota, forwards, keep, errors, forwardsTyped }: MailboxFieldsProps) {
  return (
    <>
      <TextInput label="Name" description="Of the person. It may stay empty." autoComplete="off" {...name} error={errors.name?.message} />
      <TextInput
        label="Room"
        description="How much mail it holds, such as 500 MiB or 2 GiB."
        maw={260}
        spellCheck={false}
        required
        {...quota}
        error={errors.quota?.message}
      />
      <Textarea
        label="Forward to"
        description="Addresses that get a copy of what comes in, one a line or separated by commas. Empty: none."
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        autoCapitalize="none"
        {...forwards}
        error={errors.forwards?.message}
      />
      {(forwardsTyped.trim() !== '' || errors.keep) && (
        <Checkbox label="Keep what is forwarded in this mailbox too" {...keep} error={errors.keep?.message} />
      )}
    </>
  );
}
