/**
 * A new customer, with or without its first domain. `POST /domains` makes a missing customer too, but it also takes one
 * that exists; a form for new customers must not add a domain to somebody else by a mistyped id, so the customer is made first.
 */
import { changesOf, operationOf } from '@/api/client';
import { mustNotExist } from '@/api/problem';
import type { Change, Operation } from '@/api/types';
import { createDomain } from '../domains/api';
import { createCustomer, readCustomer } from './api';

export interface Wanted {
  id: string;
  name: string;
  plan: string;
  /** Empty: none yet. */
  domain: string;
}

async function mustBeFree(id: string): Promise<void> {
  await mustNotExist(readCustomer(id), '/id', `the customer '${id}' exists already`);
}

export async function previewCustomer({ id, name, plan, domain }: Wanted, made: string): Promise<Change[]> {
  if (domain === '') return changesOf(await createCustomer({ id, name, plan }, { dryRun: true }));
  if (made !== id) await mustBeFree(id);
  return changesOf(await createDomain({ customerId: id, domain, plan }, { dryRun: true }));
}

/**
 * Makes both. `made` is the id of the customer that an attempt before has made already: when the domain was refused then,
 * only the domain is left to do.
 */
export async function makeCustomer(wanted: Wanted, key: string, made: string, onMade: (id: string) => void): Promise<Operation> {
  const { id, name, plan, domain } = wanted;
  if (domain === '') return operationOf(await createCustomer({ id, name, plan }, { key }));
  if (made !== id) {
    await createCustomer({ id, name, plan }, { key: `${key}-customer` });
    onMade(id);
  }
  return operationOf(await createDomain({ customerId: id, domain, plan }, { key: `${key}-domain` }));
}
