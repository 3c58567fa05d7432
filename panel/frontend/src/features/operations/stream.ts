/**
 * An operation as it is followed. Answers to GET and events of the stream arrive in any order, and after a lost
 * connection some arrive twice; these functions decide what is shown. Pure.
 */
import type { Condition, Operation } from '@/api/types';
import type { Tone } from '@/ui/Badge';

const states = ['accepted', 'running', 'done', 'failed'];

export function isFinal(operation: Pick<Operation, 'state'>): boolean {
  return operation.state === 'done' || operation.state === 'failed';
}

/** The operation in an event's data, or undefined when it is not one of this operation. */
export function parseEvent(id: string, data: string): Operation | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const operation = value as Partial<Operation>;
  const whole =
    operation.id === id && typeof operation.updatedAt === 'string' && states.includes(operation.state ?? '') && Array.isArray(operation.steps);
  return whole ? (operation as Operation) : undefined;
}

/** Which of two views is shown: a final one stays, then the later one, then the one that came last. */
export function newest(known: Operation | undefined, incoming: Operation): Operation {
  if (known?.id !== incoming.id) return incoming;
  if (isFinal(known) !== isFinal(incoming)) return isFinal(known) ? known : incoming;
  return Date.parse(incoming.updatedAt) < Date.parse(known.updatedAt) ? known : incoming;
}

export type StepState = 'done' | 'active' | 'waiting' | 'failed';

/**
 * How a step is shown. Steps are made true in order, so the first that is not true is the one being worked at; those
 * behind it wait, unless they were already looked at. When the operation failed, what is false is what failed.
 */
export function stepStates(operation: Pick<Operation, 'state' | 'steps'>): StepState[] {
  const first = operation.steps.findIndex((step) => step.status !== 'true');
  return operation.steps.map((step, index) => {
    if (step.status === 'true') return 'done';
    if (operation.state === 'failed') return step.status === 'false' ? 'failed' : 'waiting';
    if (operation.state === 'done') return 'waiting';
    return index === first || step.status === 'false' ? 'active' : 'waiting';
  });
}

/** The same for conditions that no operation is about: what is false is being put right. */
export function conditionStates(conditions: readonly Condition[]): StepState[] {
  return conditions.map(({ status }) => (status === 'true' ? 'done' : status === 'false' ? 'active' : 'waiting'));
}

export function doneCount(steps: readonly Condition[]): number {
  return steps.filter((step) => step.status === 'true').length;
}

/** One sentence for the screen reader's live region: what has changed since the last one. */
export function progressSentence(operation: Operation): string {
  const total = operation.steps.length;
  switch (operation.state) {
    case 'done':
      return 'Done.';
    case 'failed':
      return `Failed. ${operation.message ?? ''}`.trim();
    case 'accepted':
      return 'Accepted.';
    case 'running':
      return total === 0 ? 'Under way.' : `${doneCount(operation.steps)} of ${total} steps done.`;
  }
}

export function stateTone(state: Operation['state']): Tone {
  return state === 'done' ? 'ok' : state === 'failed' ? 'bad' : 'wait';
}

const kinds: { [kind: string]: string } = {
  'customer.create': 'Create customer',
  'customer.update': 'Change customer',
  'customer.suspend': 'Suspend customer',
  'customer.resume': 'Resume customer',
  'customer.trash': 'Move customer to the trash',
  'customer.erase': 'Erase customer',
  'customer.restore': 'Restore customer',
  'customer.reconcile': 'Reconcile customer',
  'site.create': 'Create site',
  'site.update': 'Change site',
  'site.delete': 'Delete site',
  'site.deploy': 'Deploy release',
  'site.rollback': 'Roll back',
  'domain.confirm': 'Confirm domain',
  'domain.create': 'Create domain',
  'domain.delete': 'Delete domain',
  'domain.delete-record': 'Delete record',
  'domain.dkim-rotate': 'Rotate signing keys',
  'domain.import': 'Import zone file',
  'domain.set-record': 'Write record',
  'domain.update': 'Change domain',
  'domain.verify': 'Look for proof of ownership',
  'customer.import-mailboxes': 'Import mailboxes',
  'mailbox.create': 'Create mailbox',
  'mailbox.update': 'Change mailbox',
  'mailbox.delete': 'Delete mailbox',
  'alias.create': 'Create alias',
  'alias.update': 'Change alias',
  'alias.delete': 'Delete alias',
  plan: 'Preview of a change',
  diff: 'Look for differences',
  records: 'Read records',
  'mail-check': 'Check records of mail',
};

/** A kind in words. One that this panel does not know is shown as it is. */
export function kindWords(kind: string): string {
  return kinds[kind] ?? kind;
}
