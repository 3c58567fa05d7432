'use client';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** A query parameter as state: filters and tabs are in the address, so a page can be sent to somebody. */
export function useParam(name: string): [string, (value: string) => void] {
  const params = useSearchParams();
  const path = usePathname();
  const router = useRouter();
  const set = useCallback(
    (value: string) => {
      // The address as it is now: two filters may change before the page is drawn again.
      const next = new URLSearchParams(window.location.search);
      if (value === '') next.delete(name);
      else next.set(name, value);
      const query = next.toString();
      router.replace(query === '' ? path : `${path}?${query}`, { scroll: false });
    },
    [name, path, router],
  );
  return [params.get(name) ?? '', set];
}
