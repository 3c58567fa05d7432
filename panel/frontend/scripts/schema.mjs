// Makes src/api/schema.d.ts (types) and src/api/limits.ts (patterns and bounds that forms check before they send)
// from docs/openapi.yaml, which is the truth. With --check nothing is written: it fails when a file is out of step.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const spec = new URL('../../../docs/openapi.yaml', import.meta.url);
const notice =
  '// Generated from docs/openapi.yaml by `npm run schema`. Do not edit: change that file and run it again.\n';

async function types() {
  const ast = await openapiTS(spec, { alphabetize: false, enum: false, emptyObjectsUnknown: true, defaultNonNullable: false });
  return notice + astToString(ast);
}

/** The bounds of the strings and numbers that people type, by the name of their schema. */
async function limits() {
  const document = parse(await readFile(spec, 'utf8'));
  const keep = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];
  const wanted = ['CustomerId', 'CustomerName', 'PlanId', 'Hostname', 'Hostnames', 'Replicas'];
  const bounds = (schema) => Object.fromEntries(keep.filter((k) => k in schema).map((k) => [k, schema[k]]));
  const schemas = document.components.schemas;
  const out = Object.fromEntries(wanted.map((name) => [name, bounds(schemas[name])]));
  out.SuspendReason = bounds(schemas.CustomerSuspend.properties.reason);
  out.Token = bounds(schemas.SessionCreate.properties.token);
  return `${notice}export const limits = ${JSON.stringify(out, null, 2)} as const;\n`;
}

const files = [
  [new URL('../src/api/schema.d.ts', import.meta.url), types],
  [new URL('../src/api/limits.ts', import.meta.url), limits],
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
    console.error(`${file.pathname}: not in step with docs/openapi.yaml; run \`npm run schema\``);
  }
}
if (process.argv.includes('--check') && stale === 0) console.log('schema: in step with docs/openapi.yaml');
process.exitCode = stale ? 1 : 0;
