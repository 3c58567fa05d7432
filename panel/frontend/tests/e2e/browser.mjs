// Debian's Chromium with the platform's own certificate authority. Chromium has no option for a CA file, but it trusts what
// the user's NSS database trusts; so it gets a home of its own with a database that holds just that CA. Certificates are
// verified as ever: a wrong name or another issuer fails the test.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

function trust(home, caFile) {
  const folder = join(home, '.pki', 'nssdb');
  const database = `sql:${folder}`;
  mkdirSync(folder, { recursive: true });
  execFileSync('certutil', ['-N', '-d', database, '--empty-password']);
  const certificates = readFileSync(caFile, 'utf8').match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw new Error(`${caFile}: holds no certificate`);
  certificates.forEach((pem, index) => {
    const file = join(home, `ca-${index}.pem`);
    writeFileSync(file, `${pem}\n`);
    execFileSync('certutil', ['-A', '-d', database, '-n', `berth-${index}`, '-t', 'C,,', '-i', file]);
  });
}

/** A browser that trusts the certificates in `caFile` besides those that Chromium brings along. */
export async function launch(caFile) {
  const home = mkdtempSync(join(tmpdir(), 'berth-e2e-'));
  if (caFile) trust(home, caFile);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data') },
  });
  const close = async () => {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { browser, close };
}
