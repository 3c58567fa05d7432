import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from './Mark';
import classes from './SignedOut.module.css';

/** The frame of pages that are for those who are not signed in: a card in the middle, under the name. */
export function SignedOut({ children }: { children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <Stack gap="lg">
          <div className={classes.brand}>
            <Mark size={30} />
            <span>Berth</span>
          </div>
          {children}
        </Stack>
      </div>
    </main>
  );
}
