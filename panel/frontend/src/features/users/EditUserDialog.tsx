'use client';
import { Modal, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useController, useForm, useWatch } from 'react-hook-form';
import type { Tagged } from '@/api/client';
import type { Role, User } from '@/api/types';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { PlainForm } from '@/ui/PlainForm';
import { updateUser, useUser } from './api';
import { userSchema } from './schema';
import { RoleFields } from './UserFields';

interface EditUserDialogProps {
  id: string;
  name: string;
  /** The roles that may be given, besides the one that the user has. */
  roles: readonly Role[];
  onClose: () => void;
  onDone: () => void;
}

function Form({ query, user, roles, onClose, onDone }: Omit<EditUserDialogProps, 'id' | 'name'> & { query: UseQueryResult<Tagged<User>>; user: Tagged<User> }) {
  const [seen, reread] = useSeen(query, user);
  const { id, name, role: had, customers } = seen.value;
  const form = useForm({ resolver: zodResolver(userSchema), defaultValues: { name, role: had, customers } });
  const { errors } = form.formState;
  const role = useWatch({ control: form.control, name: 'role' });
  const { value, onChange, onBlur } = useController({ control: form.control, name: 'customers' }).field;
  return (
    <PlainForm
      form={form}
      fields={['name', 'role', 'customers']}
      action="Change the user"
      send={(values) => updateUser(id, values, seen.etag)}
      onReread={reread}
      onCancel={onClose}
      onDone={onDone}
    >
      <TextInput label="Name" autoComplete="off" {...form.register('name')} error={errors.name?.message} data-autofocus />
      <RoleFields
        role={form.register('role')}
        customers={{ value, onChange, onBlur }}
        errors={errors}
        roles={roles.includes(had) ? roles : [had, ...roles]}
        chosen={role}
      />
    </PlainForm>
  );
}

export function EditUserDialog({ id, name, ...rest }: EditUserDialogProps) {
  const query = useUser(id);
  return (
    <Modal opened onClose={rest.onClose} title={`Edit: ${name}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Loaded query={query} what="the user">
        {(user) => <Form query={query} user={user} {...rest} />}
      </Loaded>
    </Modal>
  );
}
