'use client';
import { PasswordInput, Text, Title } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { useForm } from 'react-hook-form';
import { asProblem, ApiError } from '@/api/problem';
import { LinkButton } from '@/ui/LinkButton';
import { Loading } from '@/ui/Messages';
import { PlainForm } from '@/ui/PlainForm';
import { SignedOut } from '@/ui/SignedOut';
import { redeemLink } from './api';
import { redeemSchema, tokenOf } from './schema';

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** What stands behind the "#" of the address; undefined in a page that was drawn before its address was known. */
function useHash(): string | undefined {
  return useSyncExternalStore(subscribe, () => window.location.hash, () => undefined);
}

/** The server's words about the link itself belong to no field that can be seen. */
function explained(error: unknown): unknown {
  const problem = asProblem(error);
  const link = problem.errors?.find(({ pointer }) => pointer === '/token');
  if (!link) return error;
  return new ApiError({ ...problem, title: 'This link is not good', detail: `It ${link.message}`, errors: [] });
}

function PasswordForm({ token, onDone }: { token: string; onDone: () => void }) {
  const form = useForm({ resolver: zodResolver(redeemSchema), defaultValues: { password: '', again: '' } });
  const { errors } = form.formState;
  return (
    <PlainForm
      form={form}
      fields={['password', 'again']}
      action="Set the password"
      send={({ password }, key) => redeemLink(token, password, key).catch((error: unknown) => Promise.reject(explained(error) as Error))}
      onDone={onDone}
    >
      <PasswordInput
        label="Password"
        description="At least 12 characters. Some words that only you would put together are easy to keep in mind and hard to guess."
        autoComplete="new-password"
        size="md"
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
        {...form.register('password')}
        error={errors.password?.message}
      />
      <PasswordInput
        label="The same again"
        autoComplete="new-password"
        size="md"
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide what was typed again' }}
        {...form.register('again')}
        error={errors.again?.message}
      />
    </PlainForm>
  );
}

function Words({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <>
      <div>
        <Title order={1}>{title}</Title>
        <Text c="dimmed" mt={4}>
          {children}
        </Text>
      </div>
      {action}
    </>
  );
}

function Content({ hash }: { hash: string }) {
  const [done, setDone] = useState(false);
  const token = tokenOf(hash);
  if (done) {
    return (
      <Words title="Your password is set" action={<LinkButton href="/sign-in/" size="md">Go to the sign-in page</LinkButton>}>
        Sign in with your e-mail address and this password. The link is used up.
      </Words>
    );
  }
  if (token === '') {
    return (
      <Words title="This is not a whole link" action={<LinkButton href="/sign-in/" variant="default">Go to the sign-in page</LinkButton>}>
        Its end is missing. Copy the whole link, with all that follows the #, or ask for a new one.
      </Words>
    );
  }
  const finish = () => {
    setDone(true);
    // A used secret is of no use to anybody, but need not stay in the address.
    window.history.replaceState(window.history.state, '', window.location.pathname);
  };
  return (
    <>
      <Words title="Set your password">You got a link that is good once. Choose the password that you will sign in with.</Words>
      <PasswordForm key={token} token={token} onDone={finish} />
    </>
  );
}

/** Where one-time links lead. Nobody needs to be signed in. */
export function RedeemPage() {
  const hash = useHash();
  return (
    <SignedOut>
      {hash === undefined ? <Loading what="the page" /> : <Content hash={hash} />}
    </SignedOut>
  );
}
