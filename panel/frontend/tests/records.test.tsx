import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { ApiError } from '@/api/problem';
import { AuditPage } from '@/features/audit/AuditPage';
import { PlansPage } from '@/features/plans/PlansPage';
import { atZone } from '@/features/records/api';
import { Records } from '@/features/records/Records';
import { importSchema, recordSchema } from '@/features/records/schema';
import { fullName } from '@/lib/zone';
import { expectAccessible, operation, problem, serve, show } from './helpers';

vi.mock('next/navigation', () => ({
  useRouter: () => ({ replace: () => undefined }),
  usePathname: () => '/audit/',
  useSearchParams: () => new URLSearchParams('actor=anna'),
}));

const zone = '/domains/a.example';
const session = (): [number, object] => [200, { user: 'admin', role: 'admin', readOnly: false }];
const records = [
  { name: 'a.example', type: 'SOA', ttl: 300, values: ['x'], owned: false, keptBy: 'nobody' },
  { name: 'a.example', type: 'NS', ttl: 300, values: ['ns1.example.'], owned: true, keptBy: 'berth' },
  { name: 'mail.a.example', type: 'A', ttl: 300, values: ['192.0.2.1'], owned: true, keptBy: 'customer' },
  { name: 'old.a.example', type: 'TXT', ttl: 60, values: ['"hand"'], owned: false, keptBy: 'nobody' },
];
const base = { 'GET /session': session, [`GET ${zone}/records`]: (): [number, object] => [200, { items: records }] };
const changes = [{ plane: 'dns', action: 'create', object: 'a.example/mail MX' }];
const shown = (onAccepted = vi.fn()) => ({ onAccepted, ...show(<main><Records domain="a.example" onAccepted={onAccepted} /></main>) });

it('protects what Berth keeps', async () => {
  serve(base);
  const { container } = shown();
  expect(await screen.findByRole('row', { name: /@ SOA.*protected/ })).toBeTruthy();
  await screen.findByRole('button', { name: 'Actions for mail A' });
  expect(screen.getByRole('row', { name: /@ NS.*protected/ })).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Actions for @/ })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Actions for old TXT' }));
  expect(await screen.findByRole('menuitem', { name: 'Edit' })).toBeTruthy();
  expect(screen.queryByRole('menuitem', { name: 'Delete' })).toBeNull();
  await expectAccessible(container);
});

it('adds a record only where there is none, and previews it', async () => {
  let there = true;
  const seen = serve({
    ...base,
    [`GET ${zone}/records/www.a.example/A`]: () => (there ? [200, records[1]] : [404, problem(404, 'Not found')]),
    [`PUT ${zone}/records/www.a.example/A`]: ({ query }) => (query.get('dryRun') ? [200, { changes }] : [202, { operation: operation(), record: records[1] }]),
  });
  const { onAccepted } = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Add a record' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /Name/ }), 'www');
  await userEvent.type(screen.getByRole('textbox', { name: /Values/ }), '192.0.2.1{Enter}192.0.2.2');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('has A records already: edit those')).toBeTruthy();
  expect(seen.some(({ method }) => method === 'PUT')).toBe(false);
  there = false;
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  await screen.findByText('a.example/mail MX');
  await userEvent.click(screen.getByRole('button', { name: 'Write the record' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen.filter(({ method }) => method === 'PUT').at(-1)?.body).toEqual({ ttl: 300, values: ['192.0.2.1', '192.0.2.2'] });
});

it('edits in the version that was seen, with the server’s words at the field', async () => {
  const path = `${zone}/records/mail.a.example/A`;
  const seen = serve({
    ...base,
    [`GET ${path}`]: () => [200, records[1], { ETag: '"7"' }],
    [`PUT ${path}`]: () => [422, problem(422, 'A field is not valid', { errors: [{ pointer: '/values/0', message: 'is no IPv4 address' }] })],
  });
  shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Actions for mail A' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Edit' }));
  const values = await screen.findByRole('textbox', { name: /Values/ });
  await userEvent.clear(values);
  await userEvent.type(values, 'x');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('x: is no IPv4 address')).toBeTruthy();
  expect(seen.at(-1)?.headers.get('If-Match')).toBe('"7"');
  await expectAccessible(document.body);
});

it('shows what a zone file would do before it is imported', async () => {
  const counts = { written: 1, deleted: 2, unchanged: 3, skipped: [{ name: 'a.example', type: 'SOA', reason: 'Berth keeps it itself' }] };
  const seen: string[] = [];
  serve({ ...base });
  const before = globalThis.fetch;
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method !== 'POST') return before(request);
    seen.push(`${request.headers.get('Content-Type') ?? ''} ${new URL(request.url).search} ${await request.text()}`);
    const dry = request.url.includes('dryRun');
    const body = dry ? { changes, import: counts } : { operation: operation(), import: counts };
    return new Response(JSON.stringify(body), { status: dry ? 200 : 202, headers: { 'Content-Type': 'application/json' } });
  });
  const { onAccepted } = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Import' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /Zone file/ }), 'www A 192.0.2.1');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: /not in the file/ }), 'replace');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText(/1 RRset written, 2 deleted, 3 as they are, 1 left out/)).toBeTruthy();
  expect(screen.getByRole('region', { name: 'Left out' }).textContent).toContain('@ SOA: Berth keeps it itself');
  await expectAccessible(document.body);
  await userEvent.click(screen.getByRole('button', { name: 'Import the records' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen).toEqual(['text/plain ?dryRun=true&mode=replace www A 192.0.2.1', 'text/plain ?mode=replace www A 192.0.2.1']);
});

it('brings the faults of a zone file’s lines to the field', () => {
  const moved = atZone(new ApiError(problem(422, 'x', { errors: [{ pointer: '/line/12', message: 'no such type' }] })));
  expect(moved).toMatchObject({ problem: { errors: [{ pointer: '/zone/12', message: 'line 12: no such type' }] } });
  const other = new TypeError('no answer');
  expect(atZone(other)).toBe(other);
});

it.each([
  ['', 'a.example'],
  ['@', 'a.example'],
  ['WWW ', 'www.a.example'],
  ['*.x', '*.x.a.example'],
  ['www.a.example', 'www.a.example'],
  ['www.b.example.', 'www.b.example'],
  ['ba.example', 'ba.example.a.example'],
])('reads the name %j as %j', (typed, name) => expect(fullName(typed, 'a.example')).toBe(name));

it('checks records and zone files before they are sent', () => {
  const record = { name: '', type: 'A', ttl: 300, values: ' 192.0.2.1 \n\n' };
  expect(recordSchema.parse(record).values).toEqual(['192.0.2.1']);
  expect(recordSchema.safeParse({ ...record, ttl: 59 }).error?.issues[0]?.message).toBe('From 60 to 604800 seconds');
  expect(recordSchema.safeParse({ ...record, values: '\n' }).success).toBe(false);
  expect(recordSchema.safeParse({ ...record, type: 'SOA' }).success).toBe(false);
  expect(importSchema.safeParse({ zone: 'x'.repeat(1024 * 1024 + 1), mode: 'merge' }).success).toBe(false);
});

it('lists the audit log by the filter, and tells a broken chain', async () => {
  const row = { seq: 7, at: '2026-03-01T08:30:00Z', actor: 'anna', action: 'user.create', subject: 'u1', requestId: 'r1', hash: 'a'.repeat(64) };
  let whole = true;
  const seen = serve({
    'GET /session': session,
    'GET /audit': () => [200, { items: [row] }],
    'GET /audit/verify': () => [200, whole ? { whole, rows: 7, head: 'b'.repeat(64) } : { whole, rows: 7, head: '', firstBroken: 3, reason: 'its hash differs' }],
  });
  const { container } = show(<main><AuditPage /></main>);
  await screen.findByRole('row', { name: /user.create.*anna/ });
  expect(seen.find(({ path }) => path === '/audit')?.query.toString()).toBe('actor=anna');
  await userEvent.click(screen.getByRole('button', { name: 'Verify' }));
  expect(await screen.findByText(/7 rows are as they were written/)).toBeTruthy();
  await expectAccessible(container);
  whole = false;
  await userEvent.click(screen.getByRole('button', { name: 'Verify' }));
  expect(await screen.findByText(/Row 3 is the first/)).toBeTruthy();
});

it('makes a plan, and sends the refusal of its id to the field', async () => {
  const conflict = problem(409, 'Conflict', { errors: [{ pointer: '/id', message: 'there is such a plan already' }] });
  const seen = serve({ 'GET /session': session, 'GET /plans': () => [200, { items: [] }], 'POST /plans': () => [409, conflict] });
  show(<main><PlansPage /></main>);
  await userEvent.click(await screen.findByRole('button', { name: 'New plan' }));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Id' }), 'tiny');
  const cpu = screen.getByRole('textbox', { name: 'CPU' });
  await userEvent.clear(cpu);
  await userEvent.type(cpu, '1.5x');
  await userEvent.click(screen.getByRole('button', { name: 'Make the plan' }));
  expect(await screen.findByText(/Write cores/)).toBeTruthy();
  await userEvent.clear(cpu);
  await userEvent.type(cpu, '250m');
  await userEvent.click(screen.getByRole('button', { name: 'Make the plan' }));
  expect(await screen.findByText('there is such a plan already')).toBeTruthy();
  expect(seen.find(({ method }) => method === 'POST')?.body).toMatchObject({ id: 'tiny', cpu: '250m', sites: 5 });
  await expectAccessible(document.body);
});
