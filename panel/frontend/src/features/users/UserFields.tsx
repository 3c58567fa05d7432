'use client';
import { NativeSelect } from '@mantine/core';
import type { UseFormRegisterReturn } from 'react-hook-form';
import type { Role } from '@/api/types';
import { CustomersPicker } from '../customers/CustomerPicker';
import { roleWords } from './schema';

interface RoleFieldsProps {
  role: UseFormRegisterReturn;
  customers: { value: string[]; onChange: (ids: string[]) => void; onBlur: () => void };
  errors: { role?: { message?: string }; customers?: { message?: string } };
  /** The roles to choose from, and the one that is chosen. */
  roles: readonly Role[];
  chosen: Role;
}

/** What a user may do, and for whom. */
export function RoleFields({ role, customers, errors, roles, chosen }: RoleFieldsProps) {
  return (
    <>
      <NativeSelect label="Role" description={roleWords[chosen]} data={[...roles]} {...role} error={errors.role?.message} />
      <CustomersPicker
        label="Customers"
        description="Whose sites, domains and users it sees; write a part of an id or a name to find one. Empty for an admin."
        {...customers}
        error={errors.customers?.message}
      />
    </>
  );
}
