import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { asProblem } from '@/api/problem';
import { ProblemNote } from '@/ui/Messages';
import { useSignIn } from './api';

const schema = z.object({
  email: z.string().trim().min(1, 'Type your e-mail address'),
  password: z.string().min(1, 'Type your password'),
});

/** The page around it leads away when somebody is signed in. */
export function PasswordSignIn() {
  const signIn = useSignIn();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', password: '' } });
  const submit = form.handleSubmit((by) =>
    signIn.mutateAsync(by).catch((error: unknown) => {
      if (asProblem(error).status === 401) {
        form.setError('password', { message: 'The e-mail address or the password is not right' }, { shouldFocus: true });
      }
    }),
  );
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
        {signIn.isError && !wrong && <ProblemNote error={signIn.error} />}
        <Button type="submit" size="md" loading={signIn.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
