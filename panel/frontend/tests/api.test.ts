import { expect, it } from 'vitest';
import { changesOf, madeOf, operationOf } from '@/api/client';
import { adviceOf, ApiError, asProblem, fieldOf, problemOf, sortErrors } from '@/api/problem';
import { asQuery, createQueryClient, sessionKey, worthRetrying } from '@/api/query';
import { problem } from './helpers';

it('reads a problem that a proxy answered with in its own way', () => {
  expect(problemOf(502, new Headers({ 'X-Request-Id': 'req-9' }), '<html>')).toEqual({
    type: 'about:blank',
    title: 'The server is not available at the moment',
    status: 502,
    requestId: 'req-9',
  });
  expect(problemOf(422, new Headers(), { errors: [{ pointer: '/id', message: 'no' }, { pointer: 1 }, null] }).errors).toEqual([{ pointer: '/id', message: 'no' }]);
});

it('tells a lost connection from a fault of its own', () => {
  expect(asProblem(new TypeError('Failed to fetch')).title).toBe('The server cannot be reached');
  expect(asProblem(new Error('the answer names no operation')).detail).toBe('the answer names no operation');
  expect(asProblem(new ApiError(problem(409, 'Conflict'))).status).toBe(409);
});

it('takes no plan for a deed, and no deed for a plan', () => {
  const planned = { changes: [{ plane: 'database', action: 'create', object: 'User/anna' }] };
  const made: { secret: string } | typeof planned = { secret: 'berth_secret' };
  expect(madeOf(made)).toBe(made);
  expect(() => madeOf(planned)).toThrow('nothing was changed');
  expect(changesOf(planned)).toBe(planned.changes);
  expect(() => changesOf(made)).toThrow('did not treat the request as a dry run');
  expect(() => operationOf(planned)).toThrow('names no operation');
});

it('explains what the server’s words leave open', () => {
  expect(adviceOf(problem(412, 'Stale'))).toMatch(/Read it again/);
  expect(adviceOf(problem(403, 'Not allowed'))).toMatch(/administrator/);
  expect(adviceOf(problem(409, 'Conflict'))).toBeUndefined();
});

it('undoes the escapes of a JSON pointer', () => expect(fieldOf('/a~1b/c~0d')).toBe('a/b.c~d'));

it('puts each message to its field, and names the entry of a list', () => {
  const errors = [
    { pointer: '/hostnames/1', message: 'the name is in use' },
    { pointer: '/hostnames/2', message: 'is in the list twice' },
    { pointer: '/hostnamesx', message: 'is not known' },
    { pointer: '/replicas', message: 'is too large' },
    { pointer: '/replicas', message: 'a second one' },
  ];
  const sent = { hostnames: ['a.example', 'b.example', 'c.example'], replicas: 99 };
  expect(sortErrors(problem(422, 'Invalid', { errors }), ['hostnames', 'replicas'], sent)).toEqual({
    fields: { hostnames: 'b.example: the name is in use; c.example: is in the list twice', replicas: 'is too large' },
    others: [{ pointer: '/hostnamesx', message: 'is not known' }],
  });
});

it('tries again only what may pass by itself', () => {
  expect(worthRetrying(0, new TypeError('no answer'))).toBe(true);
  expect(worthRetrying(0, new ApiError(problem(503, 'Unavailable')))).toBe(true);
  expect(worthRetrying(0, new ApiError(problem(404, 'Not found')))).toBe(false);
  expect(worthRetrying(2, new TypeError('no answer'))).toBe(false);
});

it('leaves empty filters out', () => expect(asQuery({ q: '', state: undefined, plan: 'small' })).toEqual({ plan: 'small' }));

it('forgets the session when the server does not know it any more', async () => {
  const client = createQueryClient();
  client.setQueryData(sessionKey, { user: 'admin', role: 'admin' });
  const refuse = () => Promise.reject(new ApiError(problem(401, 'Sign in first')));
  await expect(client.query({ queryKey: ['customers'], queryFn: refuse })).rejects.toThrow();
  expect(client.getQueryData(sessionKey)).toBeNull();
});
