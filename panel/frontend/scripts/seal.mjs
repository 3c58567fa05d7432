// Runs after `next build`. Checks that the export is whole and asks no other host for anything, and seals each page: a
// content security policy lets exactly the inline scripts run that the build put there, by their SHA-256. The web server
// has to allow inline scripts for all pages alike; a browser obeys both, so an injected script runs in none.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const out = fileURLToPath(new URL('../out/', import.meta.url));
const app = fileURLToPath(new URL('../src/app/', import.meta.url));
const faults = [];

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** The page that each page.tsx becomes: route groups such as (panel) are no part of its address. */
function pageOf(source) {
  const parts = relative(app, source).split('/').slice(0, -1).filter((part) => !part.startsWith('('));
  return [...parts, 'index.html'].join('/');
}

/** What the page loads by itself; links that people follow may lead anywhere. */
function foreignIn(html) {
  const loads = /<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)="((?:https?:)?\/\/[^"]+)"/gi;
  return [...html.matchAll(loads)].map((match) => match[1]);
}

function policyOf(html) {
  const inline = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map((match) => match[1]);
  const hashes = new Set(inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`));
  return `script-src 'self' ${[...hashes].join(' ')}`;
}

async function seal(file) {
  const html = await readFile(file, 'utf8');
  const name = relative(out, file);
  for (const address of foreignIn(html)) faults.push(`${name}: loads ${address}`);
  if (html.includes('http-equiv="Content-Security-Policy"')) return;
  const sealed = html.replace(/<head>/i, `<head><meta http-equiv="Content-Security-Policy" content="${policyOf(html)}"/>`);
  if (sealed === html) faults.push(`${name}: has no <head>`);
  await writeFile(file, sealed);
}

const files = await filesBelow(out);
const have = new Set(files.map((file) => relative(out, file)));
const wanted = (await filesBelow(app)).filter((file) => file.endsWith('/page.tsx')).map(pageOf);
for (const page of [...wanted, '404.html']) if (!have.has(page)) faults.push(`${page}: is missing from the export`);

const pages = files.filter((file) => file.endsWith('.html'));
for (const file of pages) await seal(file);
for (const file of files.filter((name) => name.endsWith('.css'))) {
  const foreign = /url\(\s*["']?(?:https?:)?\/\//i.exec(await readFile(file, 'utf8'));
  if (foreign) faults.push(`${relative(out, file)}: loads from another host: ${foreign[0]}`);
}
for (const file of files.filter((name) => name.endsWith('.map'))) faults.push(`${relative(out, file)}: source maps are not served`);

for (const fault of faults) console.error(`seal: ${fault}`);
if (faults.length === 0) console.log(`seal: ${pages.length} pages, whole, and nothing from another host`);
process.exitCode = faults.length ? 1 : 0;
