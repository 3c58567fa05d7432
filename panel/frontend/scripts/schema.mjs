// Makes src/api/schema.d.ts (types) and src/api/limits.ts (patterns and bounds that forms check before they send)
// from docs/openapi.yaml, and src/api/access.ts (which roles may do what) from the server's api/access.def. These two are
// the truth. With --check nothing is written: it fails when a file is out of step.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const spec = new URL('../../../docs/openapi.yaml', import.meta.url);
const rules = new URL('../../backend/src/api/access.def', import.meta.url);
const noticeOf = (source) => `// Generated from ${source} by \`npm run schema\`. Do not edit: change that file and run it again.\n`;
const notice = noticeOf('docs/openapi.yaml');

async function types() {
  const ast = await openapiTS(spec, { alphabetize: false, enum: false, emptyObjectsUnknown: true, defaultNonNullable: false });
  return notice + astToString(ast);
}

/** The bounds of the strings and numbers that people type, by the name of their schema. */
async function limits() {
  const document = parse(await readFile(spec, 'utf8'));
  const keep = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'enum'];
  const wanted = [
    'CustomerId', 'CustomerName', 'PlanId', 'Hostname', 'Hostnames', 'Replicas', 'Email', 'Password', 'RecordType', 'CpuQuantity',
    'BytesQuantity', 'MailLocal', 'MailPassword', 'SpamJunk', 'SpamReject',
  ];
  const bounds = (schema) => Object.fromEntries(keep.filter((k) => k in schema).map((k) => [k, schema[k]]));
  const schemas = document.components.schemas;
  const out = Object.fromEntries(wanted.map((name) => [name, bounds(schemas[name])]));
  out.SuspendReason = bounds(schemas.CustomerSuspend.properties.reason);
  out.Token = bounds(schemas.SessionCreate.properties.token);
  out.UserName = bounds(schemas.UserCreate.properties.name);
  out.UserCustomers = bounds(schemas.UserCreate.properties.customers);
  out.TokenName = bounds(schemas.TokenCreate.properties.name);
  out.TokenDays = bounds(schemas.TokenCreate.properties.expiresInDays);
  out.Link = bounds(schemas.LinkRedeem.properties.token);
  out.RecordTtl = bounds(schemas.RecordWrite.properties.ttl);
  out.RecordValues = bounds(schemas.RecordWrite.properties.values);
  out.MailboxName = bounds(schemas.MailboxCreate.properties.name);
  out.MailboxForwards = bounds(schemas.MailboxCreate.properties.forwards);
  out.AliasTargets = bounds(schemas.AliasCreate.properties.targets);
  out.AutoReplySubject = bounds(schemas.AutoReply.properties.subject);
  out.AutoReplyText = bounds(schemas.AutoReply.properties.text);
  out.MailSearch = bounds(document.paths['/api/v1/mailboxes'].get.parameters.find(({ name }) => name === 'q').schema);
  for (const count of ['volumes', 'sites', 'domains', 'mailboxes', 'databases']) out[`Plan.${count}`] = bounds(schemas.PlanLimits.properties[count]);
  return `${notice}export const limits = ${JSON.stringify(out, null, 2)} as const;\n`;
}

/** The rows ACCESS(operation, resource, scope, roles); sets of roles have names: #define SELLERS (ADMIN | RESELLER). */
async function access() {
  const text = await readFile(rules, 'utf8');
  const sets = new Map(Array.from(text.matchAll(/^#define (\w+) \(([^)]*)\)/gm), ([, name, roles]) => [name, roles]));
  const rolesOf = (words) =>
    words.split('|').flatMap((word) => (sets.has(word.trim()) ? rolesOf(sets.get(word.trim())) : [word.trim().toLowerCase()]));
  const rows = Array.from(text.matchAll(/^ACCESS\("(\w+)", (\w+), (\w+), ([^)]*)\)/gm), ([, operation, resource, scope, roles]) =>
    `  ${operation}: ${JSON.stringify({ resource: resource.toLowerCase(), scope: scope.toLowerCase(), roles: rolesOf(roles) })},\n`,
  );
  if (rows.length === 0) throw new Error(`${rules.pathname}: no row was found`);
  const source = 'panel/backend/src/api/access.def';
  return `${noticeOf(source)}export const access = {\n${rows.join('')}} as const;\n`;
}

const files = [
  [new URL('../src/api/schema.d.ts', import.meta.url), types],
  [new URL('../src/api/limits.ts', import.meta.url), limits],
  [new URL('../src/api/access.ts', import.meta.url), access],
];

let stale = 0;
for (const [file, make] of files) {
  const want = await make();
  if (!process.argv.includes('--check')) {
    await writeFile(file, want);
    continue;
  }
  const have = await readFile(file, 'utf8').catch(() => '');
  if (have !== want) {
    stale += 1;
    console.error(`${file.pathname}: not in step with its source; run \`npm run schema\``);
  }
}
if (process.argv.includes('--check') && stale === 0) console.log('schema: in step with docs/openapi.yaml and api/access.def');
process.exitCode = stale ? 1 : 0;
