import { describe, expect, it } from 'vitest';
import type { Condition } from '@/api/types';
import { conditionStates, kindWords, newest, parseEvent, progressSentence, stepStates } from '@/features/operations/stream';
import { operation } from './helpers';

const step = (type: string, status: Condition['status']): Condition => ({ type, status, subject: 'customer/hello', reason: '', message: '', since: '2026-03-01T08:30:00Z' });
const steps = [step('namespace', 'true'), step('quota', 'false'), step('web', 'unknown'), step('dns', 'false')];

describe('stepStates', () => {
  it('shows what is worked at while it runs', () => expect(stepStates({ state: 'running', steps })).toEqual(['done', 'active', 'waiting', 'active']));
  it('shows what failed at the end', () => expect(stepStates({ state: 'failed', steps })).toEqual(['done', 'failed', 'waiting', 'failed']));
  it('shows conditions without an operation', () => expect(conditionStates(steps)).toEqual(['done', 'active', 'waiting', 'active']));
});

describe('newest', () => {
  const early = operation({ state: 'running', updatedAt: '2026-03-01T08:30:01Z' });
  const late = operation({ state: 'running', updatedAt: '2026-03-01T08:30:02Z' });
  it('keeps the later one', () => expect(newest(late, early)).toBe(late));
  it('takes the later one', () => expect(newest(early, late)).toBe(late));
  it('never leaves the end', () => expect(newest(operation({ state: 'done', updatedAt: '2026-03-01T08:30:00Z' }), late).state).toBe('done'));
  it('takes another operation', () => expect(newest(operation({ id: 'op-0000000000000002' }), early)).toBe(early));
});

describe('parseEvent', () => {
  const one = operation();
  it('takes an operation', () => expect(parseEvent(one.id, JSON.stringify(one))).toEqual(one));
  it.each(['', '{', 'null', '"x"', JSON.stringify({ ...one, id: 'op-other' }), JSON.stringify({ ...one, steps: 1 }), JSON.stringify({ ...one, state: 'odd' })])(
    'takes no %j',
    (data) => expect(parseEvent(one.id, data)).toBeUndefined(),
  );
});

it('says in a sentence how far it is', () => {
  expect(progressSentence(operation({ state: 'running', steps }))).toBe('1 of 4 steps done.');
  expect(progressSentence(operation({ state: 'failed', message: 'the disk is full' }))).toBe('Failed. the disk is full');
});

it('shows an unknown kind as it is', () => expect([kindWords('customer.trash'), kindWords('mail.check')]).toEqual(['Move customer to the trash', 'mail.check']));
