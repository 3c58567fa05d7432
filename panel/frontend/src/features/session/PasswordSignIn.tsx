import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { asProblem } from '@/api/problem';
import { ProblemNote } from '@/ui/Messages';
import { useSignIn } from './api';

const schema = z.object({
  email: z.string().trim().min(1, 'Type your e-mail address'),
  password: z.string().min(1, 'Type your password'),
  code: z.string().trim(),
});

/** The page around it leads away when somebody is signed in. Who has a second factor is asked for a code once the password is right. */
export function PasswordSignIn() {
  const signIn = useSignIn();
  const [asksForCode, setAsksForCode] = useState(false);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '', code: '' } });
  const { setFocus } = form;
  useEffect(() => {
    if (asksForCode) setFocus('code');
  }, [asksForCode, setFocus]);

  const refused = (error: unknown) => {
    const problem = asProblem(error);
    if (problem.status !== 401) return;
    if (!problem.errors?.some(({ pointer }) => pointer === '/code')) {
      form.setError('password', { message: 'The e-mail address or the password is not right' }, { shouldFocus: true });
    } else if (asksForCode) {
      form.setError('code', { message: 'This code is not right, or it was used before' }, { shouldFocus: true });
    } else {
      setAsksForCode(true);
    }
  };
  const submit = form.handleSubmit(({ email, password, code }) => {
    if (asksForCode && code === '') {
      form.setError('code', { message: 'Type the code' }, { shouldFocus: true });
      return;
    }
    return signIn.mutateAsync({ email, password, ...(asksForCode && { code }) }).catch(refused);
  });
  const wrong = signIn.isError && asProblem(signIn.error).status === 401;

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          size="md"
          {...form.register('email')}
          error={form.formState.errors.email?.message}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide what was typed' }}
          {...form.register('password')}
          error={form.formState.errors.password?.message}
        />
        {asksForCode && (
          <TextInput
            label="Code"
            description="The six digits that your authenticator shows, or a recovery code"
            autoComplete="one-time-code"
            size="md"
            {...form.register('code')}
            error={form.formState.errors.code?.message}
          />
        )}
        {signIn.isError && !wrong && <ProblemNote error={signIn.error} />}
        <Button type="submit" size="md" loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
