import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { DomainPage } from '@/features/domains/DomainPage';
import { expectAccessible, serve, show } from './helpers';

const replace = vi.hoisted(() => vi.fn());
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: vi.fn(), replace }),
  usePathname: () => '/domain/',
  useSearchParams: () => new URL('https://panel.berth.localhost/domain/?id=own.example').searchParams,
}));

const domain = {
  name: 'own.example',
  customerId: 'own',
  nameservers: ['ns1.berth.localhost'],
  createdAt: '2026-11-24T08:00:00Z',
  ownership: 'proven',
  proof: 'txt',
  dnssec: false,
  ds: [],
  dnskey: [],
  mail: false,
  conditions: [],
  ready: true,
};
const challenge = { name: '_berth-challenge.own.example', type: 'TXT', value: 'berth-0123', expiresAt: '2026-12-08T08:00:00Z' };
const waiting = { type: 'ownership', subject: 'domain/own.example', status: 'false', reason: 'Pending', message: 'waits for a proof of ownership', since: '2026-11-24T08:00:00Z' };
const answers = (value: object) => ({
  'GET /session': () => [200, { user: 'admin', role: 'admin', readOnly: false }] as [number, unknown],
  'GET /domains/own.example': () => [200, value] as [number, unknown],
  'GET /domains/own.example/records': () => [200, { items: [] }] as [number, unknown],
});

it('shows what the owner of a pending domain is to publish, and looks for it when asked to', async () => {
  const seen = serve({
    ...answers({ ...domain, ownership: 'pending', proof: undefined, challenge, conditions: [waiting], ready: false }),
    'POST /domains/own.example/verify': () => [200, { changes: [] }],
  });
  const { container } = show(<DomainPage />);
  expect(await screen.findByText(challenge.name)).toBeTruthy();
  expect(screen.getByText(challenge.value)).toBeTruthy();
  expect(screen.getByText(waiting.message)).toBeTruthy();
  await expectAccessible(container);
  await userEvent.click(await screen.findByRole('button', { name: 'Look now' }));
  await screen.findByRole('dialog', { name: /Look for the proof of own.example/ });
  await vi.waitFor(() => expect(seen.some(({ path, query }) => path === '/domains/own.example/verify' && query.get('dryRun') === 'true')).toBe(true));
});

it('says how a domain was proven, and shows the DS of a signed zone', async () => {
  serve(answers({ ...domain, dnssec: true, ds: ['1 13 2 ab', '1 13 4 cd'], dnskey: ['257 3 13 key'] }));
  const { container } = show(<DomainPage />);
  expect(await screen.findByText('by its TXT record')).toBeTruthy();
  for (const text of ['1 13 2 ab', '1 13 4 cd', '257 3 13 key']) expect(screen.getByText(text)).toBeTruthy();
  expect(screen.queryByText('Proof of ownership')).toBeNull();
  expect(await screen.findByRole('button', { name: 'End the signing' })).toBeTruthy();
  await expectAccessible(container);
});

it('has mail on a tab of its own, which is in the address', async () => {
  serve(answers(domain));
  show(<DomainPage />);
  await userEvent.click(await screen.findByRole('tab', { name: 'Mail' }));
  expect(replace).toHaveBeenLastCalledWith('/domain/?tab=mail', { scroll: false });
});
