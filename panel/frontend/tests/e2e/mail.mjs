// The mail of a domain: switched on, a mailbox with a password that is shown once, a forward, an alias and the catch-all, the keys
// and the records; then all of it deleted, and mail switched off.
import { accessible, visit } from './axe.mjs';

/** What may still wait when a change is made: keys until the world has seen them, what is served until it has a certificate. */
const later = ['dkim', 'mailweb'];

/** The review of a form, and then the change itself. */
async function review(page, action) {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Review the changes' }).click();
  await dialog.getByRole('region', { name: 'What will change' }).waitFor();
  await accessible(page);
  await dialog.getByRole('button', { name: action }).click();
}

const gone = (page) => page.getByRole('dialog').waitFor({ state: 'detached' });
const row = (page, region, name) => page.getByRole('region', { name: region, exact: true }).getByRole('row', { name });

async function act(page, of, action) {
  await page.getByRole('button', { name: `Actions for ${of}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
  // A menu that fades away would be looked at as if it stayed: its colours are too faint then.
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

/** A change that has no fields: shown, with what must be typed, and made. */
async function confirm(page, action, typed) {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('region', { name: 'What will change' }).waitFor();
  if (typed !== undefined) await dialog.getByRole('textbox').fill(typed);
  await accessible(page);
  await dialog.getByRole('button', { name: action }).click();
  await gone(page);
}

/** The password in the dialog, which is closed then; nothing of the page has it any more. */
async function once(page, address) {
  const dialog = page.getByRole('dialog', { name: `Password of ${address}` });
  await dialog.getByText('port 993').waitFor();
  const password = await dialog.locator('code').last().innerText();
  await accessible(page);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  if (!/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/.test(password)) throw new Error(`the password is ${password.length} characters long`);
  if ((await page.content()).includes(password)) throw new Error('the page still has the password');
}

async function mailboxes({ page, domain, check, followed }) {
  const anna = `anna@${domain}`;
  await check('makes a mailbox, its faults at their fields and its password shown once', async () => {
    await page.getByRole('button', { name: 'New mailbox' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /^Address/ }).fill('anna');
    await dialog.getByRole('textbox', { name: /^Room/ }).fill('9999 TiB');
    await dialog.getByRole('button', { name: 'Review the changes' }).click();
    await dialog.locator('input[name="quota"][aria-invalid="true"]').waitFor();
    await accessible(page);
    await dialog.getByRole('textbox', { name: /^Room/ }).fill('200 MiB');
    await review(page, 'Make the mailbox');
    await once(page, anna);
    await followed('Create mailbox', later);
    await row(page, 'Mailboxes', new RegExp(`^${anna} active 200 MiB`)).waitFor();
  });
}

async function changes({ page, domain, check, followed }) {
  const anna = `anna@${domain}`;
  await check('forwards its mail, and answers by itself', async () => {
    await act(page, anna, 'Edit');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /^Forward to/ }).fill('anna@elsewhere.example');
    await dialog.getByRole('checkbox', { name: /^Keep/ }).waitFor();
    await review(page, 'Change the mailbox');
    await gone(page);
    await row(page, 'Mailboxes', /copy to anna@elsewhere\.example/).waitFor();
    await followed('Change mailbox', later);
    await act(page, anna, 'Auto-reply');
    await dialog.getByRole('checkbox', { name: 'Answer by itself' }).check();
    await dialog.getByRole('textbox', { name: 'Text' }).fill('I am back on Monday.');
    await review(page, 'Change the auto-reply');
    await gone(page);
    await row(page, 'Mailboxes', /auto-reply/).waitFor();
    await followed('Change mailbox', later);
  });
  await check('sets a new password, and tells what a mail program needs', async () => {
    await act(page, anna, 'New password');
    await review(page, 'Set the password');
    await once(page, anna);
    await followed('Change mailbox', later);
    await act(page, anna, 'Mail program');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('port 465').waitFor();
    await accessible(page);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await gone(page);
  });
}

async function aliases({ page, domain, check, followed }) {
  await check('makes an alias and the catch-all, which leads nowhere else', async () => {
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'New alias' }).click();
    await dialog.getByRole('textbox', { name: /^Address/ }).fill('info');
    await dialog.getByRole('textbox', { name: /^Leads to/ }).fill(`anna@${domain}`);
    await review(page, 'Make the alias');
    await gone(page);
    await followed('Create alias', later);
    await row(page, 'Aliases', new RegExp(`^info@${domain} anna@${domain}`)).waitFor();
    await page.getByRole('button', { name: 'New alias' }).click();
    await dialog.getByRole('checkbox', { name: 'Catch-all' }).check();
    await dialog.getByRole('textbox', { name: /^Leads to/ }).fill('anna@elsewhere.example');
    await dialog.getByRole('button', { name: 'Review the changes' }).click();
    await dialog.locator('textarea[aria-invalid="true"]').waitFor();
    await accessible(page);
    await dialog.getByRole('textbox', { name: /^Leads to/ }).fill(`anna@${domain}`);
    await review(page, 'Make the alias');
    await gone(page);
    await followed('Create alias', later);
    await row(page, 'Aliases', /^catch-all/).waitFor();
  });
  await check('changes an alias, and deletes both', async () => {
    await act(page, `info@${domain}`, 'Edit');
    await page.getByRole('dialog').getByRole('textbox', { name: /^Leads to/ }).fill('someone@elsewhere.example');
    await review(page, 'Change the alias');
    await gone(page);
    await row(page, 'Aliases', /^info@.* someone@elsewhere\.example/).waitFor();
    await followed('Change alias', later);
    for (const [of, name] of [[`info@${domain}`, /^info@/], [`catch-all of ${domain}`, /^catch-all/]]) {
      await act(page, of, 'Delete');
      await confirm(page, 'Delete the alias');
      await row(page, 'Aliases', name).waitFor({ state: 'detached' });
      await followed('Delete alias', later);
    }
  });
}

/** `followed` waits for the operation of that name to be done. */
export async function mail(given) {
  const { page, domain, check, followed } = given;
  await check('switches mail on, after it was said what that means', async () => {
    await visit(page, `/domain/?id=${domain}&tab=mail`, domain);
    await page.getByRole('button', { name: 'Switch mail on' }).click();
    await confirm(page, 'Switch mail on');
    await followed('Change domain', later);
    await page.getByText('No mailboxes yet').waitFor();
    await accessible(page);
  });
  await mailboxes(given);
  await aliases(given); // before the forward: no catch-all leads out of the customer's domains
  await changes(given);
  await check('shows the keys that sign, and what the world sees of the records', async () => {
    await row(page, 'Signing keys (DKIM)', / RSA (published|signs)/).first().waitFor();
    await row(page, 'Signing keys (DKIM)', / Ed25519 (published|signs)/).first().waitFor();
    await row(page, 'Records of mail', /^@ MX /).waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('region', { name: 'Records of mail' }).getByRole('note').waitFor();
    await accessible(page);
  });
  await check('fits a phone, also in the dark', async () => {
    const size = page.viewportSize();
    await page.setViewportSize({ width: 390, height: 844 });
    const over = await page.evaluate(() => globalThis.document.documentElement.scrollWidth - globalThis.innerWidth);
    if (over > 0) throw new Error(`the page is ${over} pixels wider than the phone`);
    await page.emulateMedia({ colorScheme: 'dark' });
    await accessible(page);
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize(size);
  });
  await check('deletes the mailbox, its address typed, and switches mail off', async () => {
    await act(page, `anna@${domain}`, 'Delete');
    await confirm(page, 'Delete the mailbox', `anna@${domain}`);
    await page.getByText('No mailboxes yet').waitFor();
    await followed('Delete mailbox', later);
    await page.getByRole('button', { name: 'Switch mail off' }).click();
    await confirm(page, 'Switch mail off');
    await page.getByText('The mail of this domain is not handled here').waitFor();
    await followed('Change domain', later);
  });
}
