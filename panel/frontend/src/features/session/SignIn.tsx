'use client';
import { Button, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { limits } from '@/api/limits';
import { asProblem } from '@/api/problem';
import { safeNext } from '@/lib/names';
import { ProblemNote } from '@/ui/Messages';
import { SignedOut } from '@/ui/SignedOut';
import { PasswordSignIn } from './PasswordSignIn';
import { useSession, useSignIn } from './api';

const schema = z.object({
  token: z
    .string()
    .trim()
    .min(1, 'Paste a token')
    .max(limits.Token.maxLength, 'This is too long for a token')
    .regex(new RegExp(limits.Token.pattern), 'A token has no spaces and no special characters'),
});

export function SignIn() {
  const router = useRouter();
  const params = useSearchParams();
  const session = useSession();
  const signIn = useSignIn();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { token: '' } });
  const next = safeNext(params.get('next'));
  const signedIn = Boolean(session.data);
  const [byPassword, setByPassword] = useState(false);

  useEffect(() => {
    if (signedIn) router.replace(next);
  }, [signedIn, next, router]);

  const submit = form.handleSubmit(({ token }) =>
    signIn.mutateAsync({ token }).catch((error: unknown) => {
      if (asProblem(error).status === 401) {
        form.setError('token', { message: 'This token is not known, or it is not valid any more' }, { shouldFocus: true });
      }
    }),
  );
  const unknownToken = signIn.isError && asProblem(signIn.error).status === 401;
  const error = form.formState.errors.token?.message;

  return (
    <SignedOut>
      <div>
        <Title order={1}>Sign in</Title>
        <Text c="dimmed" mt={4}>
          {byPassword
            ? 'With your e-mail address and your password.'
            : 'Paste an API token. It is exchanged for a session and not kept by this browser.'}
        </Text>
      </div>
      {byPassword ? (
        <PasswordSignIn />
      ) : (
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Stack gap="md">
            <PasswordInput
              label="Token"
              placeholder="berth_…"
              autoComplete="current-password"
              spellCheck={false}
              size="md"
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
              {...form.register('token')}
              error={error}
            />
            {signIn.isError && !unknownToken && <ProblemNote error={signIn.error} />}
            <Button type="submit" size="md" loading={signIn.isPending || signedIn}>
              Sign in
            </Button>
          </Stack>
        </form>
      )}
      <Button variant="subtle" onClick={() => setByPassword(!byPassword)}>
        {byPassword ? 'Use a token instead' : 'Use a password instead'}
      </Button>
      <Text size="sm" c="dimmed">
        The first administrator’s token was written to a file when Berth first started. The documentation says where.
      </Text>
    </SignedOut>
  );
}
