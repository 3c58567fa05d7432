'use client';
import { NativeSelect, Textarea } from '@mantine/core';
import type { UseFormRegisterReturn } from 'react-hook-form';
import type { Role } from '@/api/types';
import { roleWords } from './schema';

interface RoleFieldsProps {
  role: UseFormRegisterReturn;
  customers: UseFormRegisterReturn;
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
      <Textarea
        label="Customers"
        description="Their ids, one a line or separated by commas: whose sites, domains and users it sees. Empty for an admin."
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        autoCapitalize="none"
        {...customers}
        error={errors.customers?.message}
      />
    </>
  );
}
