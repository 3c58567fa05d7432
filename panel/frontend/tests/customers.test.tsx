import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { makeCustomer, previewCustomer } from '@/features/customers/make';
import { CustomerPage } from '@/features/customers/CustomerPage';
import { CustomersPage } from '@/features/customers/CustomersPage';
import { NewCustomerPage } from '@/features/customers/NewCustomerPage';
import { customerWord } from '@/features/customers/state';
import { customer, expectAccessible, operation, problem, serve, show } from './helpers';

const push = vi.fn();
let address = '/customers/';
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push, replace: push }),
  usePathname: () => '/customers/',
  useSearchParams: () => new URL(address, 'https://panel.berth.localhost').searchParams,
}));

const plan = { id: 'small', cpu: '500m', memory: '512Mi', storage: '10Gi', volumes: 2, sites: 2, domains: 2, mailboxes: 10, mailStorage: '10Gi', aliases: 100, databases: 1, customers: 1 };
const wanted = { id: 'hello', name: 'Hello Ltd', plan: 'small', domain: 'hello.example' };
const none = { items: [] };
const session = (): [number, object] => [200, { user: 'admin', role: 'admin', readOnly: false }];

beforeEach(() => {
  address = '/customers/';
  push.mockClear();
});

it('lists the customers, and asks for those of the filter', async () => {
  address = '/customers/?q=hel&state=suspended';
  const seen = serve({
    'GET /session': session,
    'GET /customers': () => [200, { items: [customer({ state: 'suspended' })] }],
    'GET /plans': () => [200, { items: [plan] }],
  });
  const { container } = show(<CustomersPage />);
  const link = await screen.findByRole('link', { name: 'Hello Ltd' });
  expect(link.getAttribute('href')).toMatch(/^\/customer\/?\?id=hello$/);
  expect(screen.getByRole('row', { name: /Hello Ltd.*suspended/ })).toBeTruthy();
  expect(seen.find(({ path }) => path === '/customers')?.query.toString()).toBe('q=hel&state=suspended');
  await expectAccessible(container);
});

it('loads the next page by its cursor', async () => {
  serve({
    'GET /session': session,
    'GET /customers': ({ query }) => [200, query.get('cursor') === 'c1' ? { items: [customer({ id: 'b', name: 'Second' })] } : { items: [customer()], nextCursor: 'c1' }],
    'GET /plans': () => [200, none],
  });
  show(<CustomersPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }));
  await screen.findByRole('link', { name: 'Second' });
  expect(screen.getByRole('link', { name: 'Hello Ltd' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
});

it('says what to do when there are none, and why when they may not be seen', async () => {
  serve({ 'GET /session': session, 'GET /customers': () => [200, none], 'GET /plans': () => [200, none] });
  const { unmount } = show(<CustomersPage />);
  expect(await screen.findByText(/Make the first one/)).toBeTruthy();
  unmount();
  serve({ 'GET /session': session, 'GET /customers': () => [403, problem(403, 'Not allowed')], 'GET /plans': () => [200, none] });
  show(<CustomersPage />);
  expect(await screen.findByText(/Ask an administrator/)).toBeTruthy();
});

it('suggests an id, and sends the server’s refusal of it to the field', async () => {
  serve({
    'GET /plans': () => [200, { items: [plan] }],
    'POST /customers': () => [409, problem(409, 'Conflict', { errors: [{ pointer: '/id', message: "the customer 'cafe' exists already" }] })],
  });
  const { container } = show(<NewCustomerPage />);
  await screen.findByRole('radio', { name: /small/ });
  await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'Café');
  expect(screen.getByRole('textbox', { name: 'Id' })).toHaveProperty('value', 'cafe');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText("the customer 'cafe' exists already")).toBeTruthy();
  await expectAccessible(container);
});

it('never adds a domain to a customer that exists', async () => {
  const seen = serve({ 'GET /customers/hello': () => [200, customer()] });
  await expect(previewCustomer(wanted, '')).rejects.toMatchObject({ problem: { errors: [{ pointer: '/id' }] } });
  expect(seen).toHaveLength(1);
});

it('makes the customer once when its domain was refused at first', async () => {
  let refuse = true;
  const seen = serve({
    'POST /customers': () => [202, { operation: operation(), customer: customer() }],
    'POST /domains': () => {
      const answer: [number, object] = refuse ? [422, problem(422, 'Invalid')] : [202, { operation: operation({ kind: 'domain.create' }), domain: {} }];
      refuse = false;
      return answer;
    },
  });
  let made = '';
  const keep = (id: string) => {
    made = id;
  };
  await expect(makeCustomer(wanted, 'k1', made, keep)).rejects.toThrow();
  expect((await makeCustomer(wanted, 'k2', made, keep)).kind).toBe('domain.create');
  expect(seen.map(({ path, headers }) => `${path} ${headers.get('Idempotency-Key') ?? ''}`)).toEqual([
    '/customers k1-customer',
    '/domains k1-domain',
    '/domains k2-domain',
  ]);
});

it('sends a change with the version that the user saw', async () => {
  address = '/customer/?id=hello';
  const seen = serve({
    'GET /session': session,
    'GET /customers/hello': () => [200, customer({ state: 'suspended', suspendReason: 'unpaid' }), { ETag: '"3"' }],
    'GET /customers/hello/conditions': () => [200, none],
    'GET /plans/small': () => [200, plan],
    'GET /sites': () => [200, none],
    'GET /domains': () => [200, none],
    'GET /operations': () => [200, none],
    'GET /events': () => [200, none],
    'POST /customers/hello/resume': ({ query }) => (query.get('dryRun') ? [200, { changes: [] }] : [202, { operation: operation(), customer: customer() }]),
  });
  const { container } = show(<CustomerPage />);
  expect(await screen.findByText(/Reason: unpaid/)).toBeTruthy();
  await expectAccessible(container);
  await userEvent.click(await screen.findByRole('button', { name: 'Resume' }));
  await screen.findByText('Nothing would change on any plane.');
  await userEvent.click(screen.getByRole('button', { name: 'Resume the customer' }));
  await waitFor(() => expect(push).toHaveBeenCalledWith(expect.stringContaining('op=op-0000000000000001'), expect.anything()));
  const sent = seen.filter(({ path }) => path.endsWith('/resume'));
  expect(sent.map(({ headers }) => headers.get('If-Match'))).toEqual(['"3"', '"3"']);
  expect(sent[1]?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
});

it('says so when the customer is not there', async () => {
  address = '/customer/?id=nobody';
  serve({ 'GET /session': session, 'GET /customers/nobody': () => [404, problem(404, 'Not found')] });
  show(<CustomerPage />);
  expect(await screen.findByText('There is no customer “nobody”')).toBeTruthy();
});

it.each([
  [{}, 'ready'],
  [{ ready: false }, 'not ready'],
  [{ ready: false, generation: 4 }, 'changing'],
  [{ ready: false, state: 'trashed' as const }, 'trashed'],
])('calls %j %s', (more, word) => expect(customerWord(customer(more)).word).toBe(word));
