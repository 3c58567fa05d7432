'use client';
import { NativeSelect, PasswordInput } from '@mantine/core';
import type { UseFormRegisterReturn } from 'react-hook-form';
import type { Way } from './schema';

const wayWords: { [way in Way]: string } = {
  made: 'is made here, and shown once',
  typed: 'is what I type',
  none: 'comes later: until then nobody signs in',
};

interface PasswordFieldsProps {
  way: UseFormRegisterReturn;
  password: UseFormRegisterReturn;
  error: string | undefined;
  /** The ways to choose from, and the one that is chosen. */
  ways: readonly Way[];
  chosen: Way;
}

/** Where a mailbox's password comes from. What the server says of one that was made stands at the choice. */
export function PasswordFields({ way, password, error, ways, chosen }: PasswordFieldsProps) {
  return (
    <>
      <NativeSelect
        label="The password"
        data={ways.map((value) => ({ value, label: wayWords[value] }))}
        {...way}
        {...(chosen !== 'typed' && { error })}
      />
      {chosen === 'typed' && (
        <PasswordInput
          label="Password"
          description="At least 12 characters. Some words that only you would put together are easy to keep in mind and hard to guess."
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
          {...password}
          error={error}
        />
      )}
    </>
  );
}
