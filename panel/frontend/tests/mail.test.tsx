import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Alias, DkimKey, Domain, Mailbox } from '@/api/types';
import { Mail } from '@/features/mail/Mail';
import { mailboxSchema, newAliasSchema, newMailboxSchema, passwordSchema, replySchema } from '@/features/mail/schema';
import { localOf, utcOf } from '@/lib/format';
import { makePassword } from '@/lib/password';
import { customer, expectAccessible, operation, problem, serve, show } from './helpers';

const time = '2026-11-24T08:00:00Z';
const host = 'mail.berth.localhost';
const domain = (more: Partial<Domain> = {}): Domain => ({
  name: 'own.example',
  customerId: 'own',
  nameservers: [],
  createdAt: time,
  ownership: 'proven',
  dnssec: false,
  ds: [],
  dnskey: [],
  mail: true,
  mailHost: host,
  conditions: [],
  ready: true,
  ...more,
});
const mailbox = (more: Partial<Mailbox> = {}): Mailbox => ({
  address: 'anna@own.example',
  domain: 'own.example',
  customerId: 'own',
  name: 'Anna',
  hasPassword: true,
  quota: '1Gi',
  active: true,
  forwards: [],
  keep: true,
  autoReply: { on: false, subject: '', text: '' },
  createdAt: time,
  ...more,
});
const alias = (more: Partial<Alias> = {}): Alias => ({
  address: 'info@own.example',
  domain: 'own.example',
  customerId: 'own',
  targets: ['anna@own.example', 'bob@elsewhere.example'],
  createdAt: time,
  ...more,
});
const key = (more: Partial<DkimKey> = {}): DkimKey => ({
  selector: 'b20261124r',
  algorithm: 'rsa',
  state: 'signing',
  createdAt: time,
  signingAt: time,
  record: { name: 'b20261124r._domainkey.own.example', type: 'TXT', value: 'v=DKIM1; k=rsa; p=MIIB' },
  ...more,
});

const record = (name: string, type: 'MX' | 'TXT' | 'SRV', value: string) => ({ name, type, ttl: 300, value });
const records = [record('own.example', 'MX', `10 ${host}.`), record('b20261124r._domainkey.own.example', 'TXT', key().record.value.padEnd(400, 'A'))];
const role = (name: string) => (): [number, object] => [200, { user: 'anna', role: name, readOnly: false }];
const changes = [{ plane: 'mail', action: 'create', object: 'mailbox' }];
const base = {
  'GET /session': role('owner'),
  'GET /mailboxes': (): [number, object] => [200, { items: [mailbox()] }],
  'GET /aliases': (): [number, object] => [200, { items: [alias()] }],
  'GET /domains/own.example/dkim': (): [number, object] => [200, { items: [key()] }],
  'GET /domains/own.example/mail/records': (): [number, object] => [200, { items: records }],
  'GET /customers/own': (): [number, object, { ETag: string }] => [200, customer({ id: 'own', name: 'Own' }), { ETag: '"4"' }],
};
const one = '/mailboxes/anna%40own.example';
const tagged = (value: object) => (): [number, object, { ETag: string }] => [200, value, { ETag: '"7"' }];
const accepted = (of: object) => ({ query }: { query: URLSearchParams }): [number, object] =>
  query.get('dryRun') ? [200, { changes }] : [202, { operation: operation(), ...of }];

function shown(of: Domain = domain()) {
  const onAccepted = vi.fn();
  const { container } = show(
    <main>
      <Mail domain={{ value: of, etag: '"3"' }} onAccepted={onAccepted} />
    </main>,
  );
  return { onAccepted, container };
}

async function choose(of: string, action: string): Promise<HTMLElement> {
  await userEvent.click(await screen.findByRole('button', { name: `Actions for ${of}` }));
  await userEvent.click(await screen.findByRole('menuitem', { name: action }));
  return screen.findByRole('dialog');
}

async function review(action: string): Promise<void> {
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  await screen.findByRole('region', { name: 'What will change' });
  await userEvent.click(screen.getByRole('button', { name: action }));
}

it('lists mailboxes, aliases and keys, and what a mail program is told', async () => {
  serve({
    ...base,
    'GET /mailboxes': () => [
      200,
      {
        items: [
          mailbox({ forwards: ['far@away.example'], keep: false, autoReply: { on: true, text: 'away' } }),
          mailbox({ address: 'bob@own.example', name: '', hasPassword: false, quota: '500Mi' }),
          mailbox({ address: 'old@own.example', active: false }),
        ],
      },
    ],
    'GET /aliases': () => [200, { items: [alias({ address: '*@own.example', targets: ['anna@own.example'] }), alias()] }],
    'GET /domains/own.example/dkim': () => [200, { items: [key(), key({ selector: 'b20261124e', algorithm: 'ed25519', state: 'published' }), key({ selector: 'b20260801r', state: 'retired' })] }],
  });
  const { container } = shown();
  expect(await screen.findByRole('row', { name: /anna@own.example Anna.*active.*1 GiB.*all to far@away.example.*auto-reply/ })).toBeTruthy();
  expect(screen.getByRole('row', { name: /bob@own.example.*no password.*500 MiB/ })).toBeTruthy();
  expect(screen.getByRole('row', { name: /old@own.example.*off/ })).toBeTruthy();
  expect(await screen.findByRole('row', { name: /catch-all.*anna@own.example/ })).toBeTruthy();
  expect(screen.getByRole('row', { name: /info@own.example.*bob@elsewhere.example/ })).toBeTruthy();
  expect(await screen.findByRole('row', { name: /b20261124r RSA.*signs/ })).toBeTruthy();
  expect(screen.getByRole('row', { name: /b20261124e Ed25519.*published/ })).toBeTruthy();
  expect(screen.getByRole('row', { name: /b20260801r.*retired/ })).toBeTruthy();
  const programs = screen.getByRole('region', { name: 'Mail programs' });
  for (const text of [host, /port 993/, /port 465.*port 587/]) expect(within(programs).getByText(text)).toBeTruthy();
  await expectAccessible(container);
});

it('makes a mailbox with a password that is shown once', async () => {
  const seen = serve({ ...base, 'POST /mailboxes': accepted({ mailbox: mailbox() }) });
  const { onAccepted } = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'New mailbox' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /Address/ }), 'Anna');
  expect(screen.queryByRole('checkbox', { name: /Keep/ })).toBeNull();
  await userEvent.type(screen.getByRole('textbox', { name: /Forward to/ }), 'far@away.example');
  await userEvent.click(screen.getByRole('checkbox', { name: /Keep/ }));
  await expectAccessible(document.body);
  await review('Make the mailbox');
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  const [dry, real] = seen.filter(({ method }) => method === 'POST');
  expect(real?.body).toEqual(dry?.body);
  expect(real?.headers.get('Idempotency-Key')).toBeTruthy();
  const { password, ...rest } = real?.body as { password: string };
  expect(rest).toEqual({ address: 'anna@own.example', name: '', quota: '1Gi', forwards: ['far@away.example'], keep: false });
  expect(await screen.findByText(password)).toBeTruthy();
  expect(screen.getByRole('dialog', { name: 'Password of anna@own.example' })).toBeTruthy();
  await expectAccessible(document.body);
  await userEvent.click(screen.getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByText(password)).toBeNull());
});

it('takes a password that is typed, and shows it nowhere', async () => {
  const seen = serve({ ...base, 'POST /mailboxes': accepted({ mailbox: mailbox() }) });
  const { onAccepted } = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'New mailbox' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /Address/ }), 'anna');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'The password' }), 'typed');
  await userEvent.type(screen.getByLabelText('Password'), 'short');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('At least 12 characters')).toBeTruthy();
  await userEvent.type(screen.getByLabelText('Password'), ' no more, by far');
  await review('Make the mailbox');
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen.at(-1) && seen.filter(({ method }) => method === 'POST').at(-1)?.body).toMatchObject({ password: 'short no more, by far' });
  expect(screen.queryByRole('dialog', { name: /^Password of/ })).toBeNull();
});

it('puts what the server refuses to its field', async () => {
  const errors = [
    { pointer: '/address', message: 'is taken by an alias' },
    { pointer: '/forwards/1', message: 'leads back to itself' },
    { pointer: '/quota', message: 'must be between 1Mi and 1Ti' },
  ];
  serve({ ...base, 'POST /mailboxes': () => [422, problem(422, 'A field is not valid', { errors })] });
  shown();
  await userEvent.click(await screen.findByRole('button', { name: 'New mailbox' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /Address/ }), 'info');
  await userEvent.type(screen.getByRole('textbox', { name: /Forward to/ }), 'a@away.example, info@own.example');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('is taken by an alias')).toBeTruthy();
  expect(screen.getByText('info@own.example: leads back to itself')).toBeTruthy();
  expect(screen.getByText('must be between 1Mi and 1Ti')).toBeTruthy();
  await expectAccessible(document.body);
});

it('changes a mailbox in the version that was seen', async () => {
  const seen = serve({ ...base, [`GET ${one}`]: tagged(mailbox({ forwards: ['far@away.example'] })), [`PATCH ${one}`]: accepted({ mailbox: mailbox() }) });
  const { onAccepted } = shown();
  await choose('anna@own.example', 'Edit');
  const room = await screen.findByRole('textbox', { name: /Room/ });
  await userEvent.clear(room);
  await userEvent.type(room, '2 gib');
  await userEvent.clear(screen.getByRole('textbox', { name: /Forward to/ }));
  await userEvent.click(screen.getByRole('checkbox', { name: /Active/ }));
  await review('Change the mailbox');
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  const sent = seen.filter(({ method }) => method === 'PATCH');
  expect(sent.map(({ headers }) => headers.get('If-Match'))).toEqual(['"7"', '"7"']);
  expect(sent.at(-1)?.body).toEqual({ name: 'Anna', quota: '2Gi', forwards: [], keep: true, active: false });
});

it('sets an auto-reply, and shows what the server says of its parts', async () => {
  let refused = true;
  const seen = serve({
    ...base,
    [`GET ${one}`]: tagged(mailbox({ autoReply: { on: false, subject: 'Away', text: '', until: '2026-12-24T08:00:00Z' } })),
    [`PATCH ${one}`]: (request) =>
      refused
        ? [422, problem(422, 'A field is not valid', { errors: [{ pointer: '/autoReply/text', message: 'may not hold control characters' }] })]
        : accepted({ mailbox: mailbox() })(request),
  });
  const { onAccepted } = shown();
  await choose('anna@own.example', 'Auto-reply');
  await userEvent.click(await screen.findByRole('checkbox', { name: /Answer by itself/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('Write what is answered')).toBeTruthy();
  await userEvent.type(screen.getByRole('textbox', { name: 'Text' }), 'Back soon.');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('may not hold control characters')).toBeTruthy();
  await expectAccessible(document.body);
  refused = false;
  await review('Change the auto-reply');
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen.filter(({ method }) => method === 'PATCH').at(-1)?.body).toEqual({
    autoReply: { on: true, subject: 'Away', text: 'Back soon.', until: '2026-12-24T08:00:00Z' },
  });
});

it('sets a new password, which is shown once', async () => {
  const seen = serve({ ...base, [`PATCH ${one}`]: accepted({ mailbox: mailbox() }) });
  shown();
  await choose('anna@own.example', 'New password');
  expect(screen.queryByRole('option', { name: /comes later/ })).toBeNull();
  await review('Set the password');
  const { password } = await waitFor(() => {
    const sent = seen.filter(({ method }) => method === 'PATCH');
    expect(sent).toHaveLength(2);
    return sent[1]?.body as { password: string };
  });
  expect(await screen.findByText(password)).toBeTruthy();
});

it('deletes a mailbox when its address was typed', async () => {
  const seen = serve({ ...base, [`GET ${one}`]: tagged(mailbox()), [`DELETE ${one}`]: accepted({ mailbox: mailbox() }) });
  const { onAccepted } = shown();
  const dialog = await choose('anna@own.example', 'Delete');
  const button = within(dialog).getByRole('button', { name: 'Delete the mailbox' });
  await screen.findByRole('region', { name: 'What will change' });
  expect(button).toHaveProperty('disabled', true);
  await userEvent.type(within(dialog).getByRole('textbox'), 'anna@own.example');
  await expectAccessible(document.body);
  await userEvent.click(button);
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen.filter(({ method }) => method === 'DELETE').at(-1)?.headers.get('If-Match')).toBe('"7"');
});

it('makes aliases and the catch-all, changes and deletes them', async () => {
  const path = '/aliases/info%40own.example';
  let answer: (request: { query: URLSearchParams }) => [number, object] = () => [
    422,
    problem(422, 'A field is not valid', { errors: [{ pointer: '/address', message: 'there is a catch-all already' }] }),
  ];
  const seen = serve({
    ...base,
    'POST /aliases': (request) => answer(request),
    [`GET ${path}`]: tagged(alias()),
    [`PATCH ${path}`]: accepted({ alias: alias() }),
    [`DELETE ${path}`]: accepted({ alias: alias() }),
  });
  const { onAccepted } = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'New alias' }));
  await userEvent.type(await screen.findByRole('textbox', { name: /Leads to/ }), 'anna@own.example');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText(/^Letters, digits, dots/)).toBeTruthy();
  await userEvent.click(screen.getByRole('checkbox', { name: /Catch-all/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('there is a catch-all already')).toBeTruthy();
  await expectAccessible(document.body);
  answer = accepted({ alias: alias() });
  await review('Make the alias');
  await waitFor(() => expect(onAccepted).toHaveBeenCalledTimes(1));
  expect(seen.filter(({ method }) => method === 'POST').at(-1)?.body).toEqual({ address: '*@own.example', targets: ['anna@own.example'] });
  await choose('info@own.example', 'Edit');
  const targets = await screen.findByRole('textbox', { name: /Leads to/ });
  await userEvent.clear(targets);
  await userEvent.type(targets, 'bob@own.example');
  await review('Change the alias');
  await waitFor(() => expect(onAccepted).toHaveBeenCalledTimes(2));
  expect(seen.filter(({ method }) => method === 'PATCH').at(-1)?.body).toEqual({ targets: ['bob@own.example'] });
  const dialog = await choose('info@own.example', 'Delete');
  await screen.findByRole('region', { name: 'What will change' });
  await userEvent.click(within(dialog).getByRole('button', { name: 'Delete the alias' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledTimes(3));
});

it('rotates the keys', async () => {
  const seen = serve({ ...base, 'POST /domains/own.example/dkim/rotate': accepted({ domain: domain() }) });
  const { onAccepted } = shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Rotate now' }));
  await screen.findByRole('region', { name: 'What will change' });
  await userEvent.click(screen.getByRole('button', { name: 'Make new keys' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen.filter(({ method }) => method === 'POST').map(({ query }) => query.get('dryRun'))).toEqual(['true', null]);
});

it('checks the records of mail, and says what to do about each', async () => {
  let right = false;
  serve({
    ...base,
    'POST /domains/own.example/mail/check': () => [
      200,
      {
        ok: right,
        elsewhere: true,
        records: [
          { ...records[0], found: right ? [records[0]?.value] : ['10 mx.elsewhere.example.'], ok: right, ...(!right && { problem: 'set this MX alone' }) },
          { ...records[1], found: right ? [records[1]?.value] : [], ok: right },
        ],
      },
    ],
  });
  const { container } = shown();
  const section = await screen.findByRole('region', { name: 'Records of mail' });
  expect(await within(section).findByRole('row', { name: /@ MX 10 mail.berth.localhost/ })).toBeTruthy();
  expect(within(section).getByRole('row', { name: /b20261124r._domainkey TXT v=DKIM1; k=rsa; p=MI…/ })).toBeTruthy();
  await userEvent.click(await screen.findByRole('button', { name: 'Check now' }));
  expect(await within(section).findByRole('row', { name: /@ MX.*set this MX alone.*wrong/ })).toBeTruthy();
  expect(within(section).getByRole('row', { name: /_domainkey TXT.*missing/ })).toBeTruthy();
  expect(within(section).getByRole('note').textContent).toContain('2 records not as needed. The domain’s name servers are not those');
  await expectAccessible(container);
  right = true;
  await userEvent.click(screen.getByRole('button', { name: 'Check now' }));
  expect(await within(section).findByText(/The world sees/)).toBeTruthy();
});

it('switches mail on where it is off, and says what that means', async () => {
  const seen = serve({ 'GET /session': role('owner'), 'PATCH /domains/own.example': accepted({ domain: domain() }) });
  const { container, onAccepted } = shown(domain({ mail: false }));
  await userEvent.click(await screen.findByRole('button', { name: 'Switch mail on' }));
  const dialog = await screen.findByRole('dialog');
  await within(dialog).findByRole('region', { name: 'What will change' });
  await expectAccessible(container);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Switch mail on' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  expect(seen.at(-1) && seen.filter(({ method }) => method === 'PATCH').map(({ body, headers }) => [body, headers.get('If-Match')])).toEqual([
    [{ mail: true }, '"3"'],
    [{ mail: true }, '"3"'],
  ]);
});

it('tells why mail cannot be switched off', async () => {
  serve({ ...base, 'PATCH /domains/own.example': () => [409, problem(409, 'Conflict', { detail: 'the domain has 1 mailbox; delete it first' })] });
  shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Switch mail off' }));
  expect(await screen.findByText('the domain has 1 mailbox; delete it first')).toBeTruthy();
  expect(screen.getAllByRole('button', { name: 'Switch mail off' }).at(-1)).toHaveProperty('disabled', true);
});

it('shows a member what there is, and no button that the server would refuse', async () => {
  serve({ ...base, 'GET /session': role('member') });
  shown();
  await choose('anna@own.example', 'Mail program');
  const dialog = await screen.findByRole('dialog', { name: 'Mail program for anna@own.example' });
  expect(within(dialog).getByText(host)).toBeTruthy();
  await expectAccessible(document.body);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
  for (const name of [/^New /, /^Switch mail/, 'Actions for info@own.example']) expect(screen.queryByRole('button', { name })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Actions for anna@own.example' }));
  await screen.findByRole('menuitem', { name: 'Mail program' });
  expect(screen.getAllByRole('menuitem')).toHaveLength(1);
});

it('says what to do where there is nothing yet', async () => {
  serve({
    'GET /session': role('owner'),
    'GET /mailboxes': ({ query }) => [200, { items: query.get('domain') === 'own.example' ? [] : [mailbox()] }],
    'GET /aliases': () => [200, { items: [] }],
    'GET /domains/own.example/dkim': () => [200, { items: [] }],
    'GET /domains/own.example/mail/records': () => [200, { items: [] }],
  });
  shown();
  expect(await screen.findByText('Make one for each person who reads mail of this domain.')).toBeTruthy();
  expect(await screen.findByText('No aliases yet')).toBeTruthy();
  expect(await screen.findByText('No keys yet')).toBeTruthy();
  expect(await screen.findByText('No records yet')).toBeTruthy();
  await userEvent.type(screen.getByRole('textbox', { name: 'Find a mailbox' }), 'x');
  expect(await screen.findByText('No such mailboxes')).toBeTruthy();
});

it('tells what was last seen of it, and that a domain without a proof has no mail yet', async () => {
  const seen = { type: 'maildns', subject: 'domain/own.example', status: 'false', reason: 'Waiting', message: 'an SPF record of your own is in the way', since: time } as const;
  serve(base);
  shown(domain({ ownership: 'pending', conditions: [seen, { ...seen, type: 'dns', message: 'of the zone alone' }] }));
  expect(await screen.findByText(seen.message)).toBeTruthy();
  expect(screen.getByText(/before the domain’s ownership is proven/)).toBeTruthy();
  expect(screen.queryByText('of the zone alone')).toBeNull();
});

it('says so where there are no mail servers', async () => {
  serve({ 'GET /session': role('admin') });
  const without = domain({ mail: false });
  delete without.mailHost;
  shown(without);
  expect(await screen.findByText('This installation has no mail servers')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /Switch/ })).toBeNull();
});

const typed = { address: 'anna', name: '', quota: '1 GiB', forwards: '', keep: false, way: 'made', password: '' } as const;

it.each([
  ['address', '', /^Letters/],
  ['address', 'anna@own.example', 'Write only what stands before the @'],
  ['address', 'an na', /^Letters/],
  ['address', 'a..b', /^Letters/],
  ['address', 'anna+news', /^Letters/],
  ['address', 'a'.repeat(65), 'At most 64 characters before the @'],
  ['name', 'n'.repeat(121), 'At most 120 characters'],
  ['quota', '', /^Write a size/],
  ['quota', '1.5 GiB', /^Write a size/],
  ['quota', '0 GiB', /^Write a size/],
  ['forwards', 'anna', '“anna” is no address'],
  ['forwards', 'a@b@c', '“a@b@c” is no address'],
  ['forwards', Array.from({ length: 101 }, (_, at) => `a${at}@b.example`).join(' '), 'At most 100 addresses'],
])('does not send a mailbox whose %s is %j', (field, value, message) => {
  const issue = newMailboxSchema.safeParse({ ...typed, [field]: value }).error?.issues[0];
  expect(issue?.path).toEqual([field]);
  expect(issue?.message).toMatch(message);
});

it('brings what is typed to the API’s spelling', () => {
  expect(newMailboxSchema.parse({ ...typed, address: ' Anna.Smith ', quota: '500mb', forwards: 'a@b.example,\n a@b.example c@d.example' })).toMatchObject({
    address: 'anna.smith',
    quota: '500Mi',
    forwards: ['a@b.example', 'c@d.example'],
    keep: false,
  });
  expect(newMailboxSchema.parse(typed).keep).toBe(true);
  expect(mailboxSchema.parse({ ...typed, quota: '2T', active: true }).quota).toBe('2Ti');
  expect(newAliasSchema.parse({ catchAll: false, address: 'Info', targets: 'a@b.example' })).toEqual({ address: 'info', targets: ['a@b.example'] });
  expect(newAliasSchema.safeParse({ catchAll: true, address: '', targets: ' ' }).error?.issues[0]?.message).toBe('Name at least one address');
  expect(passwordSchema.safeParse({ way: 'typed', password: 'é'.repeat(129) }).error?.issues[0]?.message).toBe('At most 256 bytes');
  const away = { on: true, subject: '', text: 'x', from: '2026-12-24T08:00', until: '2026-12-24T08:00' };
  expect(replySchema.safeParse({ autoReply: away }).error?.issues[0]).toMatchObject({ path: ['autoReply', 'until'] });
  expect(replySchema.parse({ autoReply: { ...away, from: '', until: '' } }).autoReply).toEqual({ on: true, subject: '', text: 'x' });
});

it('keeps a moment when it goes through a field for local time', () => {
  expect(utcOf(localOf(time))).toBe(time);
  expect([localOf(undefined), utcOf(''), utcOf('tomorrow')]).toEqual(['', '', undefined]);
});

it('makes passwords that differ, of letters that nobody takes for others', () => {
  const made = Array.from({ length: 50 }, makePassword);
  expect(new Set(made).size).toBe(50);
  for (const one of made) expect(one).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
});

it('changes from which score on mail is junk, and is refused', async () => {
  const seen = serve({ ...base, 'PATCH /customers/own': accepted({ customer: customer() }) });
  const { onAccepted } = shown();
  expect(await screen.findByText(/From 6 on it goes to Junk, from 15 on it is refused/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Change the limits' }));
  const junk = await screen.findByRole('textbox', { name: /Junk from/ });
  await userEvent.clear(junk);
  await userEvent.type(junk, '20');
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  expect(await screen.findByText('It must be more than the score for Junk')).toBeTruthy();
  await userEvent.clear(junk);
  await userEvent.type(junk, '4');
  await expectAccessible(document.body);
  await userEvent.click(screen.getByRole('button', { name: 'Review the changes' }));
  const dialog = screen.getByRole('dialog', { name: 'Spam: Own' });
  await within(dialog).findByRole('region', { name: 'What will change' });
  await userEvent.click(within(dialog).getByRole('button', { name: 'Change the limits' }));
  await waitFor(() => expect(onAccepted).toHaveBeenCalledOnce());
  const sent = seen.filter(({ method }) => method === 'PATCH');
  expect(sent.map(({ headers }) => headers.get('If-Match'))).toEqual(['"4"', '"4"']);
  expect(sent.at(-1)?.body).toEqual({ spam: { junk: 4, reject: 15 } });
});
