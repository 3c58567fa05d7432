import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import axe from 'axe-core';
import type { ReactNode } from 'react';
import { expect, vi } from 'vitest';
import { createQueryClient } from '@/api/query';
import type { Customer, Operation } from '@/api/types';
import { theme } from '@/ui/theme';

export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = [status: number, body?: unknown, headers?: { [name: string]: string }];

/** An API of canned answers. Each is looked up by "METHOD /path"; what no answer was given for fails the test. */
export function serve(answers: { [route: string]: (request: Seen) => Answer }): Seen[] {
  const seen: Seen[] = [];
  vi.stubGlobal('fetch', async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const text = await request.text();
    const one: Seen = {
      method: request.method,
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    seen.push(one);
    const answer = answers[`${one.method} ${one.path}`];
    if (!answer) throw new Error(`nothing answers ${one.method} ${one.path}`);
    const [status, body, headers] = answer(one);
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
  });
  return seen;
}

export const problem = (status: number, title: string, more: object = {}) => ({ type: 'about:blank', title, status, requestId: 'req-1', ...more });

export const operation = (more: Partial<Operation> = {}): Operation => ({
  id: 'op-0000000000000001',
  kind: 'customer.create',
  customerId: 'hello',
  subject: 'customer/hello',
  state: 'accepted',
  createdAt: '2026-03-01T08:30:00Z',
  updatedAt: '2026-03-01T08:30:00Z',
  actor: 'admin',
  requestId: 'req-1',
  steps: [],
  ...more,
});

export const customer = (more: Partial<Customer> = {}): Customer => ({
  id: 'hello',
  uid: '0e0c33a1-6b5a-4a0e-9a6e-0c9b7b0a4f11',
  name: 'Hello Ltd',
  plan: 'small',
  state: 'active',
  ready: true,
  generation: 3,
  observedGeneration: 3,
  createdAt: '2026-03-01T08:30:00Z',
  updatedAt: '2026-03-01T08:30:00Z',
  spam: { junk: 6, reject: 15 },
  counts: { sites: 1, domains: 1 },
  ...more,
});

export function show(children: ReactNode) {
  return render(
    <QueryClientProvider client={createQueryClient()}>
      <MantineProvider theme={theme} env="test">
        {children}
      </MantineProvider>
    </QueryClientProvider>,
  );
}

/** Nothing for axe to complain about. Colours are checked in the real browser: jsdom draws nothing. */
export async function expectAccessible(container: Element): Promise<void> {
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
