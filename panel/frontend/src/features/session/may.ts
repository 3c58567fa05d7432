import { access } from '@/api/access';
import type { Role, Session } from '@/api/types';
import { useSession } from './api';

/** An operation of the API, by its id. */
export type Act = keyof typeof access;

/** What a session that is bound to one customer never does: things of the installation, of people, and new customers. */
const unbound: readonly string[] = ['platform', 'user', 'token', 'new'];

/**
 * May this session do it, to something that is its own? The server decides; this only keeps what it would refuse out of
 * the page.
 */
export function mayDo(session: Session, act: Act): boolean {
  const { resource, scope, roles } = access[act];
  if (session.readOnly && scope === 'write') return false;
  if (session.customerId !== undefined && unbound.includes(resource)) return false;
  return (roles as readonly Role[]).includes(session.role);
}

/** As long as nobody is known to be signed in, nothing may be done. */
export function useMay(): (act: Act) => boolean {
  const { data } = useSession();
  return (act) => Boolean(data && mayDo(data, act));
}
