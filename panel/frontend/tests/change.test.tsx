import { TextInput } from '@mantine/core';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useForm } from 'react-hook-form';
import { expect, it, vi } from 'vitest';
import { ApiError } from '@/api/problem';
import type { Change } from '@/api/types';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { ReviewForm } from '@/ui/ReviewForm';
import { expectAccessible, operation, problem, show } from './helpers';

const changes: Change[] = [{ plane: 'kubernetes', action: 'create', object: 'Namespace/cust-hello' }];
const conflict = new ApiError(problem(409, 'In conflict with the present state', { errors: [{ pointer: '/id', message: 'the customer exists already' }] }));
const stale = new ApiError(problem(412, 'Changed by somebody else in the meantime'));

interface FormProps {
  preview: () => Promise<Change[]>;
  apply: (values: { id: string }, key: string) => Promise<ReturnType<typeof operation>>;
  onReread?: () => Promise<void>;
  onAccepted?: () => void;
}

function Form({ preview, apply, onReread, onAccepted = () => undefined }: FormProps) {
  const form = useForm({ defaultValues: { id: 'hello' } });
  return (
    <ReviewForm
      form={form}
      fields={['id']}
      action="Make it"
      preview={preview}
      apply={apply}
      {...(onReread && { onReread })}
      onCancel={() => undefined}
      onAccepted={onAccepted}
    >
      <TextInput label="Id" {...form.register('id')} error={form.formState.errors.id?.message} />
    </ReviewForm>
  );
}

it('shows the changes before it makes them', async () => {
  const apply = vi.fn(() => Promise.resolve(operation()));
  const onAccepted = vi.fn();
  const { container } = show(<Form preview={() => Promise.resolve(changes)} apply={apply} onAccepted={onAccepted} />);
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  const region = await screen.findByRole('region', { name: 'What will change' });
  expect(region).toHaveProperty('textContent', expect.stringContaining('Namespace/cust-hello'));
  expect(document.activeElement).toBe(region);
  expect(apply).not.toHaveBeenCalled();
  await expectAccessible(container);
  await userEvent.click(screen.getByRole('button', { name: 'Make it' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(apply).toHaveBeenCalledWith({ id: 'hello' }, expect.stringMatching(/^[0-9a-f-]{36}$/));
});

it('puts the server’s message to its field, and goes back to the fields for it', async () => {
  show(<Form preview={() => Promise.resolve(changes)} apply={() => Promise.reject(conflict)} />);
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Make it' }));
  const field = await screen.findByRole('textbox', { name: 'Id' });
  await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
  expect(screen.getByText('the customer exists already')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('sends the same key again when no answer came, and another after a refusal', async () => {
  const keys: string[] = [];
  const failures = [new TypeError('no answer'), new ApiError(problem(503, 'Unavailable'))];
  const apply = (_: { id: string }, key: string) => {
    keys.push(key);
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(operation());
  };
  const onAccepted = vi.fn();
  show(<Form preview={() => Promise.resolve(changes)} apply={apply} onAccepted={onAccepted} />);
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  for (const attempt of [1, 2, 3]) {
    await userEvent.click(await screen.findByRole('button', { name: 'Make it' }));
    await waitFor(() => expect(keys).toHaveLength(attempt));
  }
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

it('explains that somebody else was faster, and reads again', async () => {
  const onReread = vi.fn(() => Promise.resolve());
  show(<Form preview={() => Promise.reject(stale)} apply={() => Promise.resolve(operation())} onReread={onReread} />);
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText(/Nothing was changed. Read it again/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Read it again' }));
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  expect(onReread).toHaveBeenCalledOnce();
});

it('does what is hard to undo only after its name was typed', async () => {
  const apply = vi.fn(() => Promise.resolve(operation()));
  show(
    <ChangeDialog
      title="Erase"
      action="Erase for good"
      danger
      typed="hello"
      previewKey={['erase']}
      preview={() => Promise.resolve(changes)}
      apply={apply}
      onClose={() => undefined}
      onAccepted={() => undefined}
    />,
  );
  await screen.findByRole('region', { name: 'What will change' });
  const button = screen.getByRole('button', { name: 'Erase for good' });
  await userEvent.type(screen.getByRole('textbox'), 'hell{Enter}');
  expect(button).toHaveProperty('disabled', true);
  expect(apply).not.toHaveBeenCalled();
  await userEvent.type(screen.getByRole('textbox'), 'o{Enter}');
  await waitFor(() => expect(apply).toHaveBeenCalledOnce());
  await expectAccessible(document.body);
});
