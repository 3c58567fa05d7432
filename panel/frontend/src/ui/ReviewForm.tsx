'use client';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { asProblem, sortErrors } from '@/api/problem';
import type { Change, FieldError, Operation } from '@/api/types';
import { ChangeList } from './ChangeList';
import { useRequestKey } from './hooks';
import { ProblemNote } from './Messages';

interface ReviewFormProps<In extends FieldValues, Out extends object> {
  form: UseFormReturn<In, unknown, Out>;
  /** The form's fields by their names in the API: the server's messages go to them. */
  fields: readonly Path<In>[];
  /** What the confirming button says: the verb and its object. */
  action: string;
  preview: (values: Out) => Promise<Change[]>;
  apply: (values: Out, key: string) => Promise<Operation>;
  /** Reads again what the change is based on: offered when somebody else was faster. */
  onReread?: () => Promise<void>;
  onCancel: () => void;
  onAccepted: (operation: Operation) => void;
  /** What a preview says besides its changes: shown above them. */
  summary?: ReactNode;
  children: ReactNode;
}

interface Reviewed<Out> {
  values: Out;
  changes: Change[];
}

/** The list of changes takes the focus, so that it is what is read next. */
function Review({ changes }: { changes: Change[] }) {
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => region.current?.focus(), []);
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        What will change
      </Text>
      <div ref={region} tabIndex={0} role="region" aria-label="What will change" style={{ maxHeight: '50vh', overflow: 'auto' }}>
        <ChangeList changes={changes} />
      </div>
    </Stack>
  );
}

/** A form in two steps: the fields, then what they would change on every plane, and only then the change itself. */
export function ReviewForm<In extends FieldValues, Out extends object>(props: ReviewFormProps<In, Out>) {
  const { form, fields, action, onAccepted, onCancel, children } = props;
  const [reviewed, setReviewed] = useState<Reviewed<Out>>();
  const [others, setOthers] = useState<FieldError[]>();
  const request = useRequestKey();

  const refused = (error: unknown, sent: Out) => {
    const problem = asProblem(error);
    const sorted = sortErrors(problem, fields, sent);
    const names = fields.filter((name) => sorted.fields[name] !== undefined);
    names.forEach((name, index) => form.setError(name, { message: sorted.fields[name] ?? '' }, { shouldFocus: index === 0 }));
    setOthers(names.length > 0 && sorted.others.length === 0 ? undefined : sorted.others);
    if (names.length > 0 || problem.status === 412) setReviewed(undefined);
  };
  // What is sent can be a secret, so it goes with the form.
  const preview = useMutation({
    gcTime: 0,
    mutationFn: props.preview,
    onMutate: () => setOthers(undefined),
    onSuccess: (changes, values) => setReviewed({ values, changes }),
    onError: refused,
  });
  const apply = useMutation({
    gcTime: 0,
    mutationFn: (values: Out) => props.apply(values, request.key()),
    onMutate: () => setOthers(undefined),
    onSuccess: (operation) => onAccepted(operation),
    onError: (error, sent) => {
      request.failed(error);
      refused(error, sent);
    },
  });
  const error = apply.error ?? preview.error;
  const reread = async () => {
    await props.onReread?.();
    setOthers(undefined);
  };
  const submit = form.handleSubmit((values) => {
    if (reviewed) {
      apply.mutate(reviewed.values);
      return;
    }
    apply.reset();
    preview.mutate(values);
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <div hidden={reviewed !== undefined}>
          <Stack gap="md">{children}</Stack>
        </div>
        {reviewed && props.summary}
        {reviewed && <Review changes={reviewed.changes} />}
        {others && (
          <ProblemNote
            error={error}
            fields={others}
            onRetry={asProblem(error).status === 412 && props.onReread ? () => void reread() : undefined}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={reviewed ? () => setReviewed(undefined) : onCancel}>
            {reviewed ? 'Back' : 'Cancel'}
          </Button>
          <Button type="submit" loading={preview.isPending || apply.isPending}>
            {reviewed ? action : 'Review the changes'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
