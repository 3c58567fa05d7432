import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { Account } from '@/features/session/Account';
import { Guard } from '@/features/session/Guard';
import { SignIn } from '@/features/session/SignIn';
import { expectAccessible, problem, serve, show } from './helpers';

const replace = vi.fn();
vi.mock('next/navigation', () => ({
  useRouter: () => ({ replace }),
  usePathname: () => '/sites/',
  useSearchParams: () => new URLSearchParams('next=/sites/'),
}));

const admin = { user: 'admin', role: 'admin' };
const nobody = (): [number, object] => [401, problem(401, 'Sign in first')];

beforeEach(() => replace.mockClear());

it('exchanges the token and goes where the user wanted to', async () => {
  const seen = serve({ 'GET /session': nobody, 'POST /session': () => [200, admin] });
  const { container } = show(<SignIn />);
  await expectAccessible(container);
  await userEvent.type(screen.getByLabelText('Token'), 'berth_x{Enter}');
  await waitFor(() => expect(replace).toHaveBeenCalledWith('/sites/'));
  expect(seen.at(-1)?.body).toEqual({ token: 'berth_x', asToken: false });
});

it('signs in by password, and says at the field when it is wrong', async () => {
  let known = false;
  const seen = serve({ 'GET /session': nobody, 'POST /session': () => (known ? [200, admin] : nobody()) });
  const { container } = show(<SignIn />);
  await userEvent.click(screen.getByRole('button', { name: 'Use a password instead' }));
  await expectAccessible(container);
  await userEvent.type(screen.getByLabelText('E-mail address'), 'anna@example.com');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery{Enter}');
  expect(await screen.findByText(/password is not right/)).toBeTruthy();
  known = true;
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(replace).toHaveBeenCalledWith('/sites/'));
  expect(seen.at(-1)?.body).toEqual({ email: 'anna@example.com', password: 'correct horse battery', asToken: false });
});

it('says that the token is not known, at the field', async () => {
  serve({ 'GET /session': nobody, 'POST /session': nobody });
  show(<SignIn />);
  await userEvent.type(screen.getByLabelText('Token'), 'wrong{Enter}');
  expect(await screen.findByText(/This token is not known/)).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('shows a page to who is signed in, and leads away after signing out', async () => {
  serve({ 'GET /session': () => [200, admin], 'DELETE /session': () => [204] });
  show(
    <Guard>
      <p>the page</p>
      <Account />
    </Guard>,
  );
  await screen.findByText('the page');
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }));
  await waitFor(() => expect(replace).toHaveBeenCalledWith('/sign-in/?next=%2Fsites%2F'));
  expect(screen.queryByText('the page')).toBeNull();
});
