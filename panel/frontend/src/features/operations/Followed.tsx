'use client';
import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Operation } from '@/api/types';
import { useParam } from '@/ui/params';
import { OperationPanel } from './OperationPanel';

/**
 * The change that was just accepted, on the page that it is about. Its id is in the address, so that reading the page
 * again goes on following it.
 */
export function Followed({ onDone }: { onDone?: (operation: Operation) => ReactNode }) {
  const [id, follow] = useParam('op');
  if (id === '') return null;
  return (
    <OperationPanel
      key={id}
      id={id}
      {...(onDone && { onDone })}
      aside={<CloseButton size="sm" aria-label="Close the operation" onClick={() => follow('')} />}
    />
  );
}
