'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError } from '@/api/problem';

/**
 * The Idempotency-Key of what a dialog sends. It stays the same as long as no answer came, so that sending again does
 * nothing twice; after a refusal the next attempt is another request.
 */
export function useRequestKey(): { key: () => string; failed: (error: unknown) => void; next: () => void } {
  const current = useRef('');
  return {
    key: () => (current.current ||= crypto.randomUUID()),
    next: () => {
      current.current = '';
    },
    failed: (error) => {
      if (error instanceof ApiError) current.current = '';
    },
  };
}

/**
 * What the user saw when a dialog opened. The page behind goes on being read, but a change is based on this version
 * until the user has it read again.
 */
export function useSeen<T>(query: UseQueryResult<T>, now: T): [T, () => Promise<void>] {
  const [seen, setSeen] = useState(now);
  const reread = async () => {
    const { data } = await query.refetch();
    if (data !== undefined) setSeen(data);
  };
  return [seen, reread];
}
