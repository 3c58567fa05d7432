import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import type { User } from '@/api/types';
import { RedeemPage } from '@/features/redeem/RedeemPage';
import { redeemSchema, tokenOf } from '@/features/redeem/schema';
import { mayDo } from '@/features/session/may';
import { grantable, newUserSchema } from '@/features/users/schema';
import { TokensPage } from '@/features/tokens/TokensPage';
import { UsersPage } from '@/features/users/UsersPage';
import { customer, expectAccessible, problem, serve, show, type Seen } from './helpers';

vi.mock('next/navigation', () => ({ useRouter: () => ({}), usePathname: () => '/users/', useSearchParams: () => new URLSearchParams() }));

const link = 'https://panel.berth.localhost/redeem/#berth_secret';
const user = (more: Partial<User> = {}): User => ({
  id: 'u7k2m9qx1b4cd',
  email: 'anna@example.com',
  name: 'Anna',
  role: 'owner',
  customers: ['hello'],
  hasPassword: false,
  hasTotp: false,
  createdAt: '2026-03-01T08:30:00Z',
  updatedAt: '2026-03-01T08:30:00Z',
  ...more,
});
const admin = (): [number, object] => [200, { user: 'admin', role: 'admin', readOnly: false }];
/** As the server searches: by a part of the id or the name, whatever its case. */
const customers = ({ query }: Seen): [number, object] => {
  const q = (query.get('q') ?? '').toLowerCase();
  const known = [customer(), customer({ id: 'other', name: 'Another Ltd' }), customer({ id: 'third', name: 'third' })];
  return [200, { items: known.filter(({ id, name }) => id.includes(q) || name.toLowerCase().includes(q)) }];
};
/** Types a part of a customer's id or name, and takes the one that is found. */
async function pick(typed: string, option: string): Promise<void> {
  await userEvent.type(screen.getByLabelText(/^Customer/, { selector: 'input' }), typed);
  await userEvent.click(await screen.findByRole('option', { name: option }));
}
const ends = '2026-03-04T08:30:00Z';

beforeEach(() => window.history.replaceState(null, '', '/redeem/'));

it('makes a user, and shows the link once', async () => {
  const seen = serve({
    'GET /session': admin,
    'GET /users': () => [200, { items: [user()] }],
    'GET /customers': customers,
    'POST /users': () => [201, { user: user({ email: 'bob@example.com' }), link, linkExpiresAt: ends }],
  });
  const { container } = show(<main><UsersPage /></main>);
  await screen.findByRole('row', { name: /Anna.*anna@example.com.*owner.*hello.*not yet/ });
  await expectAccessible(container);
  await userEvent.click(screen.getByRole('button', { name: 'New user' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /E-mail/ }), 'bob@example.com');
  await userEvent.click(screen.getByRole('button', { name: 'Make the user' }));
  expect(await screen.findByText('Name the customers that the user is for')).toBeTruthy();
  await expectAccessible(document.body);
  await pick('hello', 'hello (Hello Ltd)');
  await pick('another', 'other (Another Ltd)');
  await expectAccessible(document.body);
  await userEvent.click(screen.getByRole('button', { name: 'Make the user' }));
  expect(await screen.findByText(link)).toBeTruthy();
  await expectAccessible(document.body);
  const sent = seen.find(({ method }) => method === 'POST');
  expect(sent?.body).toEqual({ email: 'bob@example.com', role: 'member', customers: ['hello', 'other'] });
  expect(sent?.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
  await userEvent.keyboard('{Escape}');
  expect(screen.getByText(link)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByText(link)).toBeNull());
});

it('puts the server’s refusal to its field, with the entry that it is about', async () => {
  serve({
    'GET /session': admin,
    'GET /users': () => [200, { items: [] }],
    'GET /customers': customers,
    'POST /users': () => [422, problem(422, 'A field is not valid', { errors: [{ pointer: '/customers/1', message: "there is no customer 'other'" }] })],
  });
  show(<main><UsersPage /></main>);
  await userEvent.click(await screen.findByRole('button', { name: 'New user' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /E-mail/ }), 'bob@example.com');
  await pick('hell', 'hello (Hello Ltd)');
  await pick('oth', 'other (Another Ltd)');
  await userEvent.click(screen.getByRole('button', { name: 'Make the user' }));
  expect(await screen.findByText("other: there is no customer 'other'")).toBeTruthy();
});

it('changes a user in the version that was seen', async () => {
  const seen = serve({
    'GET /session': admin,
    'GET /users': () => [200, { items: [user()] }],
    'GET /users/u7k2m9qx1b4cd': () => [200, user(), { ETag: '"4"' }],
    'GET /customers': customers,
    'PATCH /users/u7k2m9qx1b4cd': () => [200, { user: user() }],
  });
  show(<main><UsersPage /></main>);
  await userEvent.click(await screen.findByRole('button', { name: 'Actions for anna@example.com' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Edit' }));
  const name = await screen.findByRole('textbox', { name: 'Name' });
  await userEvent.clear(name);
  await userEvent.type(name, 'Anna B');
  await pick('thir', 'third');
  await userEvent.click(screen.getByRole('button', { name: 'Change the user' }));
  await waitFor(() => expect(seen.find(({ method }) => method === 'PATCH')).toBeTruthy());
  const sent = seen.find(({ method }) => method === 'PATCH');
  expect(sent?.body).toEqual({ name: 'Anna B', role: 'owner', customers: ['hello', 'third'] });
  expect(sent?.headers.get('If-Match')).toBe('"4"');
});

it('resets the second factor of a user who has one, when that is confirmed', async () => {
  let has = true;
  const seen = serve({
    'GET /session': admin,
    'GET /users': () => [200, { items: [user({ hasTotp: has }), user({ id: 'u2', email: 'bob@example.com', name: 'Bob' })] }],
    'DELETE /users/u7k2m9qx1b4cd/totp': () => {
      has = false;
      return [204];
    },
  });
  show(<main><UsersPage /></main>);
  await screen.findByRole('row', { name: /Anna.* on / });
  await userEvent.click(screen.getByRole('button', { name: 'Actions for bob@example.com' }));
  await screen.findByRole('menuitem', { name: 'Delete' });
  expect(screen.queryByRole('menuitem', { name: 'Reset the second factor' })).toBeNull();
  await userEvent.keyboard('{Escape}');
  await userEvent.click(screen.getByRole('button', { name: 'Actions for anna@example.com' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Reset the second factor' }));
  expect(await screen.findByText(/be sure that it is they who ask/)).toBeTruthy();
  await expectAccessible(document.body);
  expect(seen.some(({ method }) => method === 'DELETE')).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Reset the second factor' }));
  await screen.findByRole('row', { name: /Anna.* off / });
  expect(seen.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual(['/users/u7k2m9qx1b4cd/totp']);
});

it('offers a member nothing that the server would refuse', async () => {
  serve({ 'GET /session': () => [200, { user: 'anna@example.com', role: 'member', readOnly: false }], 'GET /users': () => [200, { items: [user({ role: 'member' })] }] });
  show(<main><UsersPage /></main>);
  await screen.findByText('Anna');
  expect(screen.queryByRole('button', { name: /New user|Actions/ })).toBeNull();
});

it('makes a token that can only read, and forgets its secret', async () => {
  const token = { id: 't3f8k2m9qx1b4cd7', name: 'ci', scopes: ['read'], createdAt: ends, expiresAt: ends };
  const seen = serve({
    'GET /session': admin,
    'GET /tokens': () => [200, { items: [token] }],
    'GET /customers': customers,
    'POST /tokens': () => [201, { token, secret: 'berth_once' }],
    'DELETE /tokens/t3f8k2m9qx1b4cd7': () => [204],
  });
  show(<main><TokensPage /></main>);
  await userEvent.click(await screen.findByRole('button', { name: 'New token' }));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'ci');
  await expectAccessible(document.body);
  await userEvent.click(screen.getByRole('button', { name: 'Make the token' }));
  expect(await screen.findByText('berth_once')).toBeTruthy();
  expect(seen.find(({ method }) => method === 'POST')?.body).toEqual({ name: 'ci', scopes: ['read'], expiresInDays: 90 });
  await userEvent.click(screen.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByText('berth_once')).toBeNull());
  await userEvent.click(screen.getByRole('button', { name: 'Revoke ci' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke the token' }));
  await waitFor(() => expect(seen.some(({ method }) => method === 'DELETE')).toBe(true));
});

it('makes a token for one customer, who is searched', async () => {
  const token = { id: 't3f8k2m9qx1b4cd7', name: 'ci', scopes: ['read'], customerId: 'other', createdAt: ends, expiresAt: ends };
  const seen = serve({
    'GET /session': admin,
    'GET /tokens': () => [200, { items: [] }],
    'GET /customers': customers,
    'POST /tokens': () => [201, { token, secret: 'berth_once' }],
  });
  show(<main><TokensPage /></main>);
  await userEvent.click(await screen.findByRole('button', { name: 'New token' }));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'ci');
  await userEvent.type(screen.getByLabelText('Customer', { selector: 'input' }), 'nobody');
  expect(await screen.findByText('No customer has this in its id or name')).toBeTruthy();
  await userEvent.clear(screen.getByLabelText('Customer', { selector: 'input' }));
  await pick('ANOTHER', 'other (Another Ltd)');
  await expectAccessible(document.body);
  await userEvent.click(screen.getByRole('button', { name: 'Make the token' }));
  await screen.findByText('berth_once');
  expect(seen.find(({ method }) => method === 'POST')?.body).toMatchObject({ customerId: 'other' });
  // A word is one search, and not one a letter.
  expect(seen.filter(({ path, query }) => path === '/customers' && 'another'.startsWith((query.get('q') ?? '-').toLowerCase())).length).toBeLessThan(3);
});

it('sets a password by a link, and takes the secret out of the address', async () => {
  window.history.replaceState(null, '', '/redeem/#berth_secret');
  let good = false;
  const bad = problem(422, 'A field is not valid', { errors: [{ pointer: '/token', message: 'is not that of a link, or was used' }] });
  const seen = serve({ 'POST /session/redeem': () => (good ? [204] : [422, bad]) });
  const { container } = show(<RedeemPage />);
  await expectAccessible(container);
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse');
  await userEvent.type(screen.getByLabelText('The same again'), 'correct horsE{Enter}');
  expect(await screen.findByText('This is not what you typed above')).toBeTruthy();
  expect(seen).toHaveLength(0);
  await userEvent.type(screen.getByLabelText('The same again'), '{Backspace}e{Enter}');
  expect(await screen.findByText('It is not that of a link, or was used')).toBeTruthy();
  good = true;
  await userEvent.click(screen.getByRole('button', { name: 'Set the password' }));
  expect(await screen.findByRole('link', { name: 'Go to the sign-in page' })).toBeTruthy();
  expect(seen.at(-1)?.body).toEqual({ token: 'berth_secret', password: 'correct horse' });
  expect(window.location.hash).toBe('');
});

it('says that half a link is no link', async () => {
  show(<RedeemPage />);
  expect(await screen.findByText(/Its end is missing/)).toBeTruthy();
  expect([tokenOf('#berth_x'), tokenOf('#'), tokenOf('#a b'), tokenOf(`#${'x'.repeat(300)}`)]).toEqual(['berth_x', '', '', '']);
});

it('counts a password’s bytes as the server does', () => {
  expect(redeemSchema.safeParse({ password: 'éééééé', again: 'éééééé' }).success).toBe(true);
  expect(redeemSchema.safeParse({ password: 'elevenchars', again: 'elevenchars' }).success).toBe(false);
});

it('lets roles be given downwards only, and admins have no customers', () => {
  expect(grantable('admin')).toEqual(['admin', 'reseller', 'owner', 'member']);
  expect(grantable('reseller')).toEqual(['owner', 'member']);
  expect(grantable('member')).toEqual([]);
  const typed = { email: 'a@b', name: '', role: 'admin', customers: ['hello'] };
  expect(newUserSchema.safeParse(typed).error?.issues.map(({ path }) => path)).toEqual([['customers']]);
  expect(newUserSchema.safeParse({ ...typed, role: 'owner', customers: [] }).error?.issues[0]?.message).toBe('Name the customers that the user is for');
});

it.each([
  [{ role: 'admin' as const }, true, true],
  [{ role: 'owner' as const }, true, false],
  [{ role: 'member' as const }, false, false],
  [{ role: 'admin' as const, readOnly: true }, false, false],
  [{ role: 'admin' as const, customerId: 'hello' }, false, false],
])('knows what %j may do', (session, makeUsers, makePlans) => {
  const whole = { user: 'x', readOnly: false, ...session };
  expect([mayDo(whole, 'createUser'), mayDo(whole, 'createPlan')]).toEqual([makeUsers, makePlans]);
  expect(mayDo(whole, 'listSites')).toBe(true);
});
