'use client';
import { Button, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { asProblem, sortErrors } from '@/api/problem';
import type { FieldError } from '@/api/types';
import { useRequestKey } from './hooks';
import { ProblemNote } from './Messages';

interface PlainFormProps<In extends FieldValues, Out extends object, Answer> {
  form: UseFormReturn<In, unknown, Out>;
  /** The form's fields by their names in the API: the server's messages go to them. */
  fields: readonly Path<In>[];
  /** What the button says: the verb and its object. */
  action: string;
  send: (values: Out, key: string) => Promise<Answer>;
  /** Reads again what the change is based on: offered when somebody else was faster. */
  onReread?: () => Promise<void>;
  /** Left out where there is nothing to go back to. */
  onCancel?: () => void;
  onDone: (answer: Answer) => void;
  children: ReactNode;
}

/** A form for what touches no plane: it is sent at once, and what the server says about a field stands at the field. */
export function PlainForm<In extends FieldValues, Out extends object, Answer>(props: PlainFormProps<In, Out, Answer>) {
  const { form, fields, action, onCancel, children } = props;
  const [others, setOthers] = useState<FieldError[]>();
  const request = useRequestKey();
  const mutation = useMutation({
    // What is sent and answered can be a secret, so it goes with the form.
    gcTime: 0,
    mutationFn: (values: Out) => props.send(values, request.key()),
    onMutate: () => setOthers(undefined),
    onSuccess: props.onDone,
    onError: (error, sent) => {
      request.failed(error);
      const sorted = sortErrors(asProblem(error), fields, sent);
      const names = fields.filter((name) => sorted.fields[name] !== undefined);
      names.forEach((name, index) => form.setError(name, { message: sorted.fields[name] ?? '' }, { shouldFocus: index === 0 }));
      setOthers(names.length > 0 && sorted.others.length === 0 ? undefined : sorted.others);
    },
  });
  const stale = mutation.isError && asProblem(mutation.error).status === 412 && props.onReread !== undefined;
  const reread = async () => {
    await props.onReread?.();
    setOthers(undefined);
  };
  const submit = form.handleSubmit((values) => mutation.mutate(values));
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        {children}
        {others && <ProblemNote error={mutation.error} fields={others} onRetry={stale ? () => void reread() : undefined} />}
        <Group justify="flex-end" gap="xs">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={mutation.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
