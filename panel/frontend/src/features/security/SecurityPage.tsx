'use client';
import { Stack, Text } from '@mantine/core';
import { useSession } from '@/features/session/api';
import { Empty } from '@/ui/Messages';
import { Page, Section } from '@/ui/Page';
import { SecondFactor } from './SecondFactor';
import { SecretForm } from './SecretForm';
import { useChangePassword } from './api';

function Password() {
  const change = useChangePassword();
  return (
    <Stack gap="md">
      <Text size="sm">You are signed out everywhere and sign in again with the new password. API tokens stay valid.</Text>
      <SecretForm
        fields={[
          { name: 'current', label: 'Present password', kind: 'current-password' },
          { name: 'password', label: 'New password', kind: 'new-password', description: 'At least 12 characters' },
        ]}
        action="Change the password"
        submit={(values) => change.mutateAsync(values)}
      />
    </Stack>
  );
}

/** What guards the account of who is signed in. */
export function SecurityPage() {
  const session = useSession();
  const isUser = session.data?.userId !== undefined;
  return (
    <Page title="Security" lead="Your password, and the second factor that is asked for beside it.">
      {isUser ? (
        <>
          <Section title="Second factor">
            <SecondFactor />
          </Section>
          <Section title="Password">
            <Password />
          </Section>
        </>
      ) : (
        <Empty title="Nothing to set here">The installation’s own token has no password and no second factor. Sign in as a user.</Empty>
      )}
    </Page>
  );
}
