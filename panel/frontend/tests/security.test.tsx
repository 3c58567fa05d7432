import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { SecurityPage } from '@/features/security/SecurityPage';
import { SignIn } from '@/features/session/SignIn';
import { expectAccessible, problem, serve, show } from './helpers';

const replace = vi.fn();
vi.mock('next/navigation', () => ({
  useRouter: () => ({ replace }),
  usePathname: () => '/security/',
  useSearchParams: () => new URLSearchParams('next=/sites/'),
}));

const anna = { user: 'anna@example.com', userId: 'u1', role: 'owner', readOnly: false };
const off = { state: 'off', recoveryCodesLeft: 0 };
const active = { state: 'active', recoveryCodesLeft: 9 };
const codes = ['aaaa-bbbb-cccc-dddd', 'eeee-ffff-gggg-hhhh'];
const uri = 'otpauth://totp/Berth:anna?secret=GEZDGNBV';
const wrong = (status: number, pointer: string, message: string): [number, object] => [
  status,
  problem(status, 'No', { errors: [{ pointer, message }] }),
];

it('asks for a code once the password is right, and says at the field when it is wrong', async () => {
  const seen = serve({
    'GET /session': () => [401, problem(401, 'Sign in first')],
    'POST /session': ({ body }) => {
      const { code } = body as { code?: string };
      return code === '123456' ? [200, anna] : wrong(401, '/code', code === undefined ? 'is needed' : 'is not right');
    },
  });
  const { container } = show(<SignIn />);
  await userEvent.click(screen.getByRole('button', { name: 'Use a password instead' }));
  expect(screen.queryByLabelText('Code')).toBeNull();
  await userEvent.type(screen.getByLabelText('E-mail address'), 'anna@example.com');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery{Enter}');
  const field = await screen.findByLabelText('Code');
  await waitFor(() => expect(document.activeElement).toBe(field));
  await expectAccessible(container);
  await userEvent.type(field, '{Enter}');
  expect(await screen.findByText('Type the code')).toBeTruthy();
  await userEvent.type(field, '000000{Enter}');
  expect(await screen.findByText(/code is not right/)).toBeTruthy();
  expect(replace).not.toHaveBeenCalled();
  await userEvent.clear(field);
  await userEvent.type(field, '123456{Enter}');
  await waitFor(() => expect(replace).toHaveBeenCalledWith('/sites/'));
  expect(seen.at(-1)?.body).toEqual({ email: 'anna@example.com', password: 'correct horse battery', code: '123456', asToken: false });
});

it('enables a second factor: password, QR code, first code, recovery codes', async () => {
  let state: object = off;
  serve({
    'GET /session': () => [200, anna],
    'GET /session/totp': () => [200, state],
    'POST /session/totp': ({ body }) =>
      (body as { password: string }).password === 'right' ? [201, { totp: state, secret: 'GEZDGNBV', uri }] : wrong(422, '/password', 'is not the password'),
    'POST /session/totp/confirm': ({ body }) => {
      if ((body as { code: string }).code !== '123456') return wrong(422, '/code', 'is not right');
      state = active;
      return [200, { totp: active, recoveryCodes: codes }];
    },
  });
  const { container } = show(<SecurityPage />);
  await userEvent.type(await screen.findByLabelText('Your password'), 'wrong');
  await userEvent.click(screen.getByRole('button', { name: 'Begin' }));
  expect(await screen.findByText('is not the password')).toBeTruthy();
  await userEvent.clear(screen.getByLabelText('Your password'));
  await userEvent.type(screen.getByLabelText('Your password'), 'right');
  await userEvent.click(screen.getByRole('button', { name: 'Begin' }));
  expect(await screen.findByText('GEZDGNBV')).toBeTruthy();
  expect(container.querySelector('svg[role="img"] title')?.textContent).toContain('QR code');
  await expectAccessible(container);
  await userEvent.type(screen.getByLabelText('Code'), '000000{Enter}');
  expect(await screen.findByText('is not right')).toBeTruthy();
  await userEvent.clear(screen.getByLabelText('Code'));
  await userEvent.type(screen.getByLabelText('Code'), '123456{Enter}');
  for (const code of codes) expect(await screen.findByText(code)).toBeTruthy();
  expect(screen.queryByText('GEZDGNBV')).toBeNull();
  await expectAccessible(container);
  await userEvent.click(screen.getByRole('button', { name: 'I have kept them' }));
  expect(await screen.findByText(/9 recovery codes left/)).toBeTruthy();
  expect(screen.queryByText(codes[0] ?? '')).toBeNull();
});

it('makes new recovery codes, and disables with password and code', async () => {
  let state: object = active;
  const seen = serve({
    'GET /session': () => [200, anna],
    'GET /session/totp': () => [200, state],
    'POST /session/totp/recovery-codes': () => [200, { totp: active, recoveryCodes: codes }],
    'POST /session/totp/disable': () => {
      state = off;
      return [204];
    },
  });
  show(<SecurityPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'New recovery codes' }));
  await userEvent.type(screen.getByLabelText('Your password'), 'right');
  await userEvent.type(screen.getByLabelText('Code'), '123456{Enter}');
  await userEvent.click(await screen.findByRole('button', { name: 'I have kept them' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Disable' }));
  expect(screen.getByRole('button', { name: 'Disable the second factor' }).hasAttribute('disabled')).toBe(true);
  await userEvent.type(screen.getByLabelText('Your password'), 'right');
  await userEvent.type(screen.getByLabelText('Code'), codes[0] ?? '');
  await userEvent.click(screen.getByRole('button', { name: 'Disable the second factor' }));
  expect(await screen.findByText(/asks for your password alone/)).toBeTruthy();
  expect(seen.find(({ path }) => path === '/session/totp/disable')?.body).toEqual({ password: 'right', code: codes[0] });
});

it('changes the password, with the server’s words at the field', async () => {
  let known = false;
  const seen = serve({
    'GET /session': () => [200, anna],
    'GET /session/totp': () => [200, off],
    'PUT /session/password': () => (known ? [204] : wrong(422, '/password', 'must have 12 to 256 bytes')),
  });
  show(<SecurityPage />);
  await userEvent.type(await screen.findByLabelText('Present password'), 'old');
  await userEvent.type(screen.getByLabelText('New password'), 'short');
  await userEvent.click(screen.getByRole('button', { name: 'Change the password' }));
  expect(await screen.findByText('must have 12 to 256 bytes')).toBeTruthy();
  known = true;
  await userEvent.type(screen.getByLabelText('New password'), ' no more');
  await userEvent.click(screen.getByRole('button', { name: 'Change the password' }));
  await waitFor(() => expect(seen.filter(({ method }) => method === 'PUT').at(-1)?.body).toEqual({ current: 'old', password: 'short no more' }));
  // The session is over: the guard around the page leads to the sign-in page.
  expect(await screen.findByText(/Nothing to set here/)).toBeTruthy();
});

it('has nothing for the installation’s own token', async () => {
  const seen = serve({ 'GET /session': () => [200, { user: 'admin', role: 'admin', readOnly: false }] });
  show(<SecurityPage />);
  expect(await screen.findByText(/Nothing to set here/)).toBeTruthy();
  expect(seen.some(({ path }) => path === '/session/totp')).toBe(false);
});
