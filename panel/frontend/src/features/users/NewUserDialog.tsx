'use client';
import { Modal, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useController, useForm, useWatch } from 'react-hook-form';
import type { Role } from '@/api/types';
import { PlainForm } from '@/ui/PlainForm';
import { createUser } from './api';
import type { Made } from './LinkDialog';
import { newUserSchema } from './schema';
import { RoleFields } from './UserFields';

interface NewUserDialogProps {
  /** The roles that may be given. */
  roles: readonly Role[];
  onClose: () => void;
  onMade: (made: Made) => void;
}

export function NewUserDialog({ roles, onClose, onMade }: NewUserDialogProps) {
  const form = useForm({ resolver: zodResolver(newUserSchema), defaultValues: { email: '', name: '', role: roles.at(-1) ?? 'member', customers: [] as string[] } });
  const { errors } = form.formState;
  const role = useWatch({ control: form.control, name: 'role' });
  const { value, onChange, onBlur } = useController({ control: form.control, name: 'customers' }).field;
  return (
    <Modal opened onClose={onClose} title="New user" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <PlainForm
        form={form}
        fields={['email', 'name', 'role', 'customers']}
        action="Make the user"
        send={createUser}
        onCancel={onClose}
        onDone={onMade}
      >
        <TextInput
          label="E-mail address"
          description="What the user signs in with. No mail is sent: you get a link to hand on."
          type="email"
          autoComplete="off"
          required
          {...form.register('email')}
          error={errors.email?.message}
          data-autofocus
        />
        <TextInput label="Name" description="For people. Empty: the address." autoComplete="off" {...form.register('name')} error={errors.name?.message} />
        <RoleFields
          role={form.register('role')}
          customers={{ value, onChange, onBlur }}
          errors={errors}
          roles={roles}
          chosen={role}
        />
      </PlainForm>
    </Modal>
  );
}
