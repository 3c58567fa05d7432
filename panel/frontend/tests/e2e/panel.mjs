// The panel in a real browser against a running platform, as an administrator uses it: sign in, make a customer with a
// domain, follow the steps, write records, have mail, deploy files, see them served, make a user who signs in, erase the
// customer, sign out. Prints one line a check.
//
//   BERTH_URL=https://panel.berth.localhost:8443 BERTH_CA=ca.pem BERTH_TOKEN_FILE=admin-token node tests/e2e/panel.mjs
//
// BERTH_CA: PEM file with the roots that the panel's and the sites' certificates lead to.  BERTH_TIMEOUT: seconds that an
// operation may take (180).  Needs chromium, and certutil of libnss3-tools.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessible as accessibleOn, visit } from './axe.mjs';
import { launch } from './browser.mjs';
import { mail } from './mail.mjs';
import { people } from './people.mjs';
import { records } from './records.mjs';
import { zip } from './zip.mjs';

const needed = (name) => {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set; see the head of this file`);
    process.exit(2);
  }
  return value;
};
const url = new URL(needed('BERTH_URL')).origin;
const token = readFileSync(needed('BERTH_TOKEN_FILE'), 'utf8').trim();
const ca = url.startsWith('https:') ? needed('BERTH_CA') : process.env.BERTH_CA;
const patience = Number(process.env.BERTH_TIMEOUT ?? 180) * 1000;

const id = `e2e-${randomBytes(4).toString('hex')}`;
const domain = `${id}.localhost`;
const greeting = `Release of ${id}`;

const { browser, close } = await launch(ca);
const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 850 } });
const page = await context.newPage();
page.setDefaultTimeout(60_000);
const complaints = [];
page.on('pageerror', (error) => complaints.push(error.message));
page.on('console', (message) => {
  // Refusals that a check provokes are logged by the browser; anything else is a fault of the panel.
  if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
});

let passed = 0;
async function check(what, act) {
  try {
    await act();
  } catch (error) {
    error.message = `${what}: ${error.message}`;
    throw error;
  }
  passed += 1;
  console.log(`ok ${passed} ${what}`);
}

const accessible = () => accessibleOn(page);
const open = (address, heading) => () => visit(page, address, heading);

/** The operation that the page follows comes to its end; a failure says what the panel says. Steps in `later` may still wait then. */
async function followed(kind, later = []) {
  const panel = page.getByRole('region', { name: /^Operation op-/ });
  await panel.getByRole('heading', { name: kind, exact: true }).waitFor();
  await panel.getByText(/· took /).waitFor({ timeout: patience });
  if (await panel.getByText('failed', { exact: true }).count()) throw new Error(await panel.innerText());
  const steps = panel.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  for (const state of await steps.evaluateAll((items) => items.map((item) => `${item.innerText} is ${item.dataset.state}`))) {
    const waits = state.endsWith(' is waiting') && later.some((step) => state.startsWith(step));
    if (!state.endsWith(' is done') && !waits) throw new Error(`a step of a finished operation: ${state}`);
  }
  return steps.count();
}

async function signIn() {
  await page.goto('/');
  await page.waitForURL('**/sign-in/**');
  const field = page.getByRole('textbox', { name: 'Token' });
  await field.fill('not-the-token');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This token is not known').waitFor();
  await accessible();
  await field.fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/customers/');
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-berth');
  if (!cookie?.httpOnly || !cookie.secure || cookie.sameSite !== 'Strict') throw new Error('the session’s cookie is not as it should be');
}

async function create() {
  await page.getByRole('textbox', { name: 'Name' }).fill(`Test ${id}`);
  await page.getByRole('textbox', { name: 'Id' }).fill(id);
  await page.getByRole('radio', { name: /^small/ }).click();
  await page.getByRole('textbox', { name: 'Domain' }).fill(domain);
  await page.getByRole('button', { name: 'Review the changes' }).click();
  const changes = page.getByRole('list', { name: 'Changes' });
  await changes.getByText(`cust-${id}`).first().waitFor();
  await accessible();
  await page.getByRole('button', { name: 'Make the customer' }).click();
  await page.waitForURL('**/customer/?id=*');
}

async function upload() {
  const files = { 'index.html': `<!doctype html><html lang="en"><title>${greeting}</title><h1>${greeting}</h1></html>` };
  await page.getByLabel('Archive to deploy').setInputFiles({ name: 'site.zip', mimeType: 'application/zip', buffer: zip(files) });
  await followed('Deploy release');
  await page.getByRole('row', { name: /^r[a-z0-9]{10} / }).getByText('current', { exact: true }).waitFor();
}

async function served() {
  const address = await page.getByRole('link', { name: 'Open', exact: true }).getAttribute('href');
  const visitor = await context.newPage();
  const answer = await visitor.goto(address ?? '');
  const heading = await visitor.getByRole('heading', { level: 1 }).innerText();
  await visitor.close();
  if (answer?.status() !== 200 || heading !== greeting) throw new Error(`${address} answers ${answer?.status()} with “${heading}”`);
}

async function erase() {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Erase now' }).click();
  await page.getByRole('menu').waitFor({ state: 'detached' });
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('region', { name: 'What will change' }).waitFor();
  const button = dialog.getByRole('button', { name: 'Erase for good' });
  if (await button.isEnabled()) throw new Error('it can be erased before its id was typed');
  await dialog.getByRole('textbox').fill(id);
  await accessible();
  await button.click();
  await page.getByText('This customer is gone').waitFor({ timeout: patience });
}

async function signOut() {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in/**');
  const answer = await context.request.get('/api/v1/session').catch(() => undefined);
  if ((await context.cookies()).some(({ name }) => name === '__Host-berth')) throw new Error('the cookie is still there');
  if (answer?.ok()) throw new Error('the session is still valid');
}

async function run() {
  await check('signs in with the token, and with no other', signIn);
  for (const [address, heading] of [
    ['/customers/', 'Customers'], ['/sites/', 'Sites'], ['/domains/', 'Domains'], ['/operations/', 'Operations'],
    ['/events/', 'Events'], ['/plans/', 'Plans'], ['/users/', 'Users'], ['/tokens/', 'API tokens'], ['/audit/', 'Audit log'],
    ['/security/', 'Security'], ['/customers/new/', 'New customer'],
  ]) await check(`${address} is drawn and accessible`, open(address, heading));
  await check('previews and accepts a customer with a domain', create);
  await check('all steps of its creation go to done', async () => {
    if ((await followed('Create domain')) === 0) throw new Error('no steps were shown');
  });
  await check('the customer’s page is accessible', accessible);
  await check('the domain’s page shows its records', async () => {
    await open(`/domain/?id=${domain}`, domain)();
    await page.getByRole('row', { name: /SOA/ }).waitFor();
  });
  await records({ page, domain, check, followed });
  await mail({ page, domain, check, followed });
  await check('the site’s page is reached from the customer’s', async () => {
    await page.goto(`/customer/?id=${id}`);
    await page.getByRole('region', { name: 'Sites' }).getByRole('link', { name: domain }).click();
    await page.waitForURL('**/site/?id=*');
    await page.getByRole('heading', { level: 1, name: domain }).waitFor();
  });
  await check('a zip is uploaded and becomes the current release', upload);
  await check('the site’s page is accessible', accessible);
  await check('the release is served to a visitor over HTTPS', served);
  await people({ page, browser, url, customer: id, check });
  await check('erases the customer, its id typed', async () => {
    await page.goto(`/customer/?id=${id}`);
    await erase();
  });
  await check('signs out, and the session is over', signOut);
  await check('no error was logged by the browser', () => {
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  });
}

/** What a failed run leaves behind is erased through the API, by the page's own session. */
async function cleanUp() {
  await page.evaluate((customer) => fetch(`/api/v1/customers/${customer}?purge=true`, { method: 'DELETE' }).then((answer) => answer.status), id).catch(() => undefined);
}

try {
  await run();
  console.log(`${passed} passed, 0 failed`);
} catch (error) {
  const shot = join(tmpdir(), `berth-panel-${id}.png`);
  await page.screenshot({ path: shot, fullPage: true }).catch(() => undefined);
  console.log(`not ok ${passed + 1} ${error.message}\n  at ${page.url()}; screenshot: ${shot}`);
  console.log(`${passed} passed, 1 failed`);
  await cleanUp();
  process.exitCode = 1;
} finally {
  await close();
}
