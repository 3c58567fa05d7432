'use client';
import { useSyncExternalStore } from 'react';
import { formatExact, formatRelative } from '@/lib/format';

/** One clock for all times on the page: each reads the same second, and one timer moves them all. */
let now = Date.now();
const readers = new Set<() => void>();
let timer: number | undefined;

function subscribe(reader: () => void): () => void {
  readers.add(reader);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const read of readers) read();
  }, 10_000);
  return () => {
    readers.delete(reader);
    if (readers.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** A moment as its distance from now; the exact time is its title. */
export function Time({ at }: { at: string }) {
  const moment = useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  );
  // What came after the clock's last beat must not look like the future.
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatRelative(at, Math.max(moment, Math.min(Date.parse(at), moment + 10_000)))}
    </time>
  );
}
