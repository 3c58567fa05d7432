import type { ReactNode } from 'react';
import classes from './Badge.module.css';

export type Tone = 'ok' | 'wait' | 'bad' | 'idle';

/** A state in a word. The colour only repeats what the word says. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.dot} aria-hidden="true" />
      {children}
    </span>
  );
}
