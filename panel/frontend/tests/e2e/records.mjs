// The records of a domain: written, changed, imported, exported and deleted; what Berth keeps is protected.
import { readFileSync } from 'node:fs';
import { accessible, visit } from './axe.mjs';

/** The review of a form, and then the change itself. */
async function review(page, action, before = () => undefined) {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Review the changes' }).click();
  await dialog.getByRole('region', { name: 'What will change' }).waitFor();
  await before(dialog);
  await accessible(page);
  await dialog.getByRole('button', { name: action }).click();
  await dialog.waitFor({ state: 'detached' });
}

const row = (page, name) => page.getByRole('region', { name: 'Records' }).getByRole('row', { name });

async function act(page, of, action) {
  await page.getByRole('button', { name: `Actions for ${of}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
  // A menu that fades away would be looked at as if it stayed: its colours are too faint then.
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

/** `followed` waits for the operation of that name to be done. */
export async function records({ page, domain, check, followed }) {
  await check('what Berth keeps of the zone is protected', async () => {
    await visit(page, `/domain/?id=${domain}`, domain);
    await row(page, /^@ SOA .*protected/).waitFor();
    if (await page.getByRole('button', { name: /^Actions for @ (SOA|NS|A)$/ }).count()) throw new Error('it can be changed');
  });
  await check('adds a record, and its fault stands at the field', async () => {
    await page.getByRole('button', { name: 'Add a record' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /^Name/ }).fill('api');
    await dialog.getByRole('textbox', { name: /^Values/ }).fill('no address');
    await dialog.getByRole('button', { name: 'Review the changes' }).click();
    await dialog.locator('textarea[aria-invalid="true"]').waitFor();
    await accessible(page);
    await dialog.getByRole('textbox', { name: /^Values/ }).fill('192.0.2.10\n192.0.2.11');
    await review(page, 'Write the record');
    await followed('Write record');
    await row(page, /^api A .*192\.0\.2\.10.*192\.0\.2\.11.*yours/).waitFor();
  });
  await check('changes the record', async () => {
    await act(page, 'api A', 'Edit');
    await page.getByRole('dialog').getByRole('textbox', { name: /^Values/ }).fill('192.0.2.12');
    await review(page, 'Change the record');
    await row(page, /^api A .*192\.0\.2\.12/).waitFor();
    await followed('Write record');
  });
  await check('imports a zone file, its faults named by their lines', async () => {
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog');
    const text = dialog.getByRole('textbox', { name: /^Zone file/ });
    await text.fill('files A nonsense\n');
    await dialog.getByRole('button', { name: 'Review the changes' }).click();
    await dialog.getByText(/line 1: /).waitFor();
    const file = { name: 'a.zone', mimeType: 'text/plain', buffer: Buffer.from(`$TTL 600\n@ SOA a b 1 2 3 4 5\nnote TXT "from a file"\n`) };
    await dialog.getByLabel('Zone file to read').setInputFiles(file);
    await review(page, 'Import the records', async () => {
      await dialog.getByText(/1 RRset written, 0 deleted, 0 as they are/).waitFor();
    });
    await followed('Import zone file');
    await row(page, /^note TXT .*from a file/).waitFor();
  });
  await check('exports the zone with all of it', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    const text = readFileSync(await download.path(), 'utf8');
    for (const part of ['SOA', '192.0.2.12', '"from a file"']) if (!text.includes(part)) throw new Error(`no ${part} in\n${text}`);
    if (download.suggestedFilename() !== `${domain}.zone`) throw new Error(`it is called ${download.suggestedFilename()}`);
  });
  await check('deletes a record', async () => {
    await act(page, 'api A', 'Delete');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('region', { name: 'What will change' }).waitFor();
    await accessible(page);
    await dialog.getByRole('button', { name: 'Delete the record' }).click();
    await row(page, /^api A /).waitFor({ state: 'detached' });
    await followed('Delete record');
  });
}
