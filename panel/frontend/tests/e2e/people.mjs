// Users, their links and second factors, API tokens, plans and the audit log, as an administrator and a new owner use them.
import { createHmac } from 'node:crypto';
import { accessible, visit } from './axe.mjs';

const password = 'correct horse battery staple';

async function act(page, of, action) {
  await page.getByRole('button', { name: `Actions for ${of}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
  // A menu that fades away would be looked at as if it stayed: its colours are too faint then.
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

/** The secret in the dialog, which is closed then; nothing of the page has it any more. */
async function once(page) {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Done' }).waitFor();
  const secret = await dialog.locator('code').last().innerText();
  await accessible(page);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  if ((await page.content()).includes(secret)) throw new Error('the page still has the secret');
  return secret;
}

/** What the API answers to a token, without the page's session. */
const statusOf = (page, token) =>
  page.evaluate(
    (bearer) => fetch('/api/v1/customers', { credentials: 'omit', headers: { Authorization: `Bearer ${bearer}` } }).then(({ status }) => status),
    token,
  );

async function setPassword(page, link) {
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('The same again', { exact: true }).fill(password);
  await accessible(page);
  await page.getByRole('button', { name: 'Set the password' }).click();
}

/** What an authenticator shows now for a secret in base32 (RFC 6238: SHA-1, 30 seconds, six digits). */
function codeOf(secret) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(moment).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** With the code that is asked for once the password is right, for who has a second factor. */
async function signIn(page, email, code) {
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  const other = page.getByRole('button', { name: 'Use a password instead' });
  await other.click();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  if (code !== undefined) {
    await page.getByRole('textbox', { name: 'Code' }).fill(code);
    await accessible(page);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await page.waitForURL('**/customers/');
}

async function secondFactor(page, check, email) {
  await check('enables a second factor, which sign-in asks for from then on', async () => {
    await visit(page, '/security/', 'Security');
    await page.getByLabel('Your password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Begin' }).click();
    const form = page.getByRole('region', { name: 'Second factor' });
    const secret = await form.locator('code').innerText();
    await accessible(page);
    await form.getByRole('textbox', { name: 'Code' }).fill(codeOf(secret));
    await form.getByRole('button', { name: 'Enable the second factor' }).click();
    const recovery = await form.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').first().innerText();
    await accessible(page);
    await form.getByRole('button', { name: 'I have kept them' }).click();
    await form.getByText(/You have \d+ recovery codes left/).waitFor();
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in/**');
    await page.goto('/sign-in/');
    // A code is good once, and the authenticator's was just used.
    await signIn(page, email, recovery);
  });
}

async function plans(page, check, plan) {
  await check('makes a plan, changes it and deletes it', async () => {
    await visit(page, '/plans/', 'Plans');
    await page.getByRole('button', { name: 'New plan' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Id' }).fill(plan);
    await dialog.getByRole('textbox', { name: 'Memory' }).fill('lots');
    await dialog.getByRole('button', { name: 'Make the plan' }).click();
    await dialog.getByText(/such as 512Mi/).last().waitFor();
    await accessible(page);
    await dialog.getByRole('textbox', { name: 'Memory' }).fill('768Mi');
    await dialog.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('row', { name: new RegExp(`^${plan} .*768 MiB`) }).waitFor();
    await act(page, plan, 'Edit');
    await dialog.getByRole('textbox', { name: 'Memory' }).fill('896Mi');
    await dialog.getByRole('button', { name: 'Change the plan' }).click();
    await page.getByRole('row', { name: new RegExp(`^${plan} .*896 MiB`) }).waitFor();
    await act(page, plan, 'Delete');
    await accessible(page);
    await dialog.getByRole('button', { name: 'Delete the plan' }).click();
    await page.getByRole('row', { name: new RegExp(`^${plan} `) }).waitFor({ state: 'detached' });
  });
}

async function tokens(page, check) {
  await check('makes a token, and revokes it', async () => {
    await visit(page, '/tokens/', 'API tokens');
    await page.getByRole('button', { name: 'New token' }).first().click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('reads only');
    await accessible(page);
    await page.getByRole('button', { name: 'Make the token' }).click();
    const token = await once(page);
    if ((await statusOf(page, token)) !== 200) throw new Error('the token is not good');
    await page.getByRole('button', { name: 'Revoke reads only' }).click();
    await accessible(page);
    await page.getByRole('button', { name: 'Revoke the token' }).click();
    await page.getByRole('button', { name: 'Revoke reads only' }).waitFor({ state: 'detached' });
    if ((await statusOf(page, token)) !== 401) throw new Error('the token is still good');
  });
}

/** `customer` exists; `page` is an administrator's. */
export async function people({ page, browser, url, customer, check }) {
  const email = `${customer}@example.com`;
  const visitor = await (await browser.newContext({ baseURL: url, viewport: { width: 390, height: 844 } })).newPage();
  visitor.setDefaultTimeout(60_000);
  let link = '';
  await plans(page, check, `${customer}-plan`);
  await check('makes an owner, and shows the link once', async () => {
    await visit(page, '/users/', 'Users');
    await page.getByRole('button', { name: 'New user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'E-mail address' }).fill(email);
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption('owner');
    const customers = dialog.locator(':is([role=combobox], [type=text])').and(dialog.getByLabel('Customers'));
    await customers.fill('nobody-at-all');
    await page.getByText('No customer has this in its id or name').waitFor();
    await accessible(page);
    await customers.press('Tab'); // closes the list, which lies over the button, as below
    await dialog.getByRole('button', { name: 'Make the user' }).click();
    await dialog.getByText('Name the customers that the user is for').waitFor();
    await customers.fill(customer);
    await page.getByRole('option', { name: new RegExp(`^${customer}( |$)`) }).click();
    await customers.press('Tab');
    await dialog.getByRole('button', { name: 'Make the user' }).click();
    link = await once(page);
    if (!link.startsWith(`${url}/redeem/#`)) throw new Error(`the link leads to ${link.split('#')[0]}`);
    await page.getByRole('row', { name: new RegExp(`${email}.*owner.*${customer}.*not yet`) }).waitFor();
  });
  await check('the link sets a password in another browser, once', async () => {
    await setPassword(visitor, link);
    await visitor.getByRole('heading', { level: 1, name: 'Your password is set' }).waitFor();
    await accessible(visitor);
    if (visitor.url().includes('#')) throw new Error('the secret is still in the address');
    // The same address with another fragment would not be loaded anew.
    await visitor.goto('about:blank');
    await setPassword(visitor, link);
    await visitor.getByText('This link is not good').waitFor();
  });
  await check('the new owner signs in, and sees only what an owner may do', async () => {
    await visitor.goto('/sign-in/');
    await signIn(visitor, email);
    await visitor.getByRole('link', { name: new RegExp(customer) }).waitFor();
    if ((await visitor.getByRole('table', { name: 'Customers' }).getByRole('row').count()) !== 2) throw new Error('there are other customers');
    if (await visitor.getByRole('link', { name: 'New customer' }).count()) throw new Error('an owner is offered new customers');
    await visit(visitor, '/plans/', 'Plans');
    if (await visitor.getByRole('button', { name: 'New plan' }).count()) throw new Error('an owner is offered new plans');
    await visit(visitor, '/audit/', 'Audit log');
    if (await visitor.getByRole('button', { name: 'Verify' }).count()) throw new Error('an owner is offered to verify the audit log');
    await visit(visitor, '/users/', 'Users');
  });
  await secondFactor(visitor, check, email);
  await tokens(visitor, check);
  await check('deletes the user, whose session ends', async () => {
    await visit(page, '/users/', 'Users');
    await act(page, email, 'Delete');
    await accessible(page);
    await page.getByRole('button', { name: 'Delete the user' }).click();
    await page.getByRole('row', { name: new RegExp(email) }).waitFor({ state: 'detached' });
    await visitor.goto('/customers/');
    await visitor.waitForURL('**/sign-in/**');
    await visitor.context().close();
  });
  await check('the audit log tells it, and is whole', async () => {
    await visit(page, '/audit/?action=user.delete', 'Audit log');
    await page.getByRole('row', { name: /^user\.delete / }).first().waitFor();
    await page.getByRole('textbox', { name: 'By whom' }).fill('nobody-at-all');
    await page.getByText('No such rows').waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('The audit log is whole').waitFor();
    await accessible(page);
  });
}
