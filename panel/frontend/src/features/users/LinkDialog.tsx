'use client';
import type { User } from '@/api/types';
import { OnceDialog } from '@/ui/OnceDialog';
import { Time } from '@/ui/Time';

/** The answer to a new user, and to a new link. */
export interface Made {
  user: User;
  readonly link?: string;
  linkExpiresAt: string;
}

/** The link by which the user sets a password, to be handed on. */
export function LinkDialog({ made, onClose }: { made: Made; onClose: () => void }) {
  return (
    <OnceDialog title={`Link for ${made.user.email}`} what="the link" secret={made.link} onClose={onClose}>
      Hand this link on to the user, who sets a password with it. It is good once, and ends <Time at={made.linkExpiresAt} />. A link that
      was made before is good no more.
    </OnceDialog>
  );
}
