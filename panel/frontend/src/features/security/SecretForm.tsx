import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useId, useState, type SyntheticEvent } from 'react';
import { asProblem, sortErrors } from '@/api/problem';
import { ProblemNote } from '@/ui/Messages';

export interface SecretField<Name extends string> {
  name: Name;
  label: string;
  /** What the browser's password manager may fill in. */
  kind: 'current-password' | 'new-password' | 'one-time-code';
  description?: string;
}

interface SecretFormProps<Name extends string> {
  fields: readonly SecretField<Name>[];
  action: string;
  danger?: boolean;
  submit: (values: { [name in Name]: string }) => Promise<unknown>;
  onCancel?: () => void;
}

/** A few fields that are typed, sent and forgotten: nothing of them is kept once the server took them. The server's messages
 *  stand at the fields. */
export function SecretForm<Name extends string>({ fields, action, danger = false, submit, onCancel }: SecretFormProps<Name>) {
  const empty = () => Object.fromEntries(fields.map(({ name }) => [name, ''])) as { [name in Name]: string };
  const [values, setValues] = useState(empty);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const id = useId();
  const names = fields.map(({ name }) => name);
  const sorted = error === undefined ? undefined : sortErrors(asProblem(error), names);
  const allAtFields = sorted !== undefined && Object.keys(sorted.fields).length > 0 && sorted.others.length === 0;

  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await submit(values);
      setValues(empty());
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form id={id} onSubmit={(event) => void send(event)} noValidate>
      <Stack gap="md" maw="26rem">
        {fields.map(({ name, label, kind, description }) => {
          const shared = {
            label,
            ...(description !== undefined && { description }),
            value: values[name],
            autoComplete: kind,
            error: sorted?.fields[name],
            onChange: (event: { currentTarget: { value: string } }) => {
              const { value } = event.currentTarget;
              setValues((before) => ({ ...before, [name]: value }));
            },
          };
          return kind === 'one-time-code' ? (
            <TextInput key={name} {...shared} />
          ) : (
            <PasswordInput key={name} {...shared} visibilityToggleButtonProps={{ 'aria-label': 'Show or hide what was typed' }} />
          );
        })}
        {sorted !== undefined && !allAtFields && <ProblemNote error={error} fields={sorted.others} />}
        <Group gap="xs">
          <Button type="submit" loading={busy} disabled={names.some((name) => values[name] === '')} {...(danger && { color: 'red' })}>
            {action}
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
