'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { Guard } from '@/features/session/Guard';

function ToCustomers() {
  const router = useRouter();
  useEffect(() => router.replace('/customers/'), [router]);
  return null;
}

/** The panel opens with the customers. */
export function Start() {
  return (
    <Guard>
      <ToCustomers />
    </Guard>
  );
}
