import type { ReactNode } from 'react';
import type { Tone } from './Badge';
import classes from './Notice.module.css';

/** Something that must be known before the rest of the page is read. */
export function Notice({ tone, title, children }: { tone: Tone; title: string; children: ReactNode }) {
  return (
    <div className={classes.notice} data-tone={tone} role="note">
      <strong>{title}.</strong> {children}
    </div>
  );
}
