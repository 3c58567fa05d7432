// The panel on one origin with an API, for development: /api goes to a running berthd, everything else to Next's
// development server, which this starts (or with --built to what `npm run build` made, served as the image's nginx does).
//
//   BERTH_API=http://127.0.0.1:8080 npm run dev
//
// The daemon checks the Origin of changes, so its BERTH_PUBLIC_URL must be the address that this prints. Browsers keep the
// session's Secure cookie on http://localhost.
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import { request as askTls } from 'node:https';
import { connect } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = process.argv.includes('--built');
const port = Number(process.env.PORT ?? 3000);
const api = new URL(process.env.BERTH_API ?? 'http://127.0.0.1:8080');
const next = new URL(`http://127.0.0.1:${port + 1}`);
const out = fileURLToPath(new URL('../out/', import.meta.url));
const types = {
  '.css': 'text/css', '.html': 'text/html', '.ico': 'image/x-icon', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.txt': 'text/plain', '.woff2': 'font/woff2',
};

/** Passes a request on as it is. Bodies and event streams flow through; nothing is kept. */
function forward(target, request, response) {
  const send = target.protocol === 'https:' ? askTls : ask;
  const options = { method: request.method, path: request.url, headers: { ...request.headers, host: target.host } };
  const onward = send(target, options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', (error) => {
    if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'text/plain' });
    response.end(`${target.host}: ${error.message}\n`);
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

async function isFile(path) {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function serveBuilt(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
  const candidates = [path, `${path}.html`, join(path, 'index.html')].map((name) => join(out, name));
  let file = join(out, '404.html');
  let status = 404;
  for (const candidate of candidates.reverse()) {
    if (!candidate.startsWith(out) || !(await isFile(candidate))) continue;
    file = candidate;
    status = 200;
  }
  response.writeHead(status, { 'Content-Type': `${types[extname(file)] ?? 'application/octet-stream'}; charset=utf-8` });
  createReadStream(file).pipe(response);
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/api/')) forward(api, request, response);
  else if (built) serveBuilt(request, response).catch((error) => response.destroy(error));
  else forward(next, request, response);
});

if (!built) {
  // Next's live reload speaks over a WebSocket.
  server.on('upgrade', (request, socket, head) => {
    const onward = connect(Number(next.port), next.hostname, () => {
      const headers = request.rawHeaders.reduce((text, part, index) => text + part + (index % 2 ? '\r\n' : ': '), '');
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
}

/** Next's development server ends with this program, and this program with it. */
function startNext() {
  const command = fileURLToPath(new URL('../node_modules/.bin/next', import.meta.url));
  const child = spawn(command, ['dev', '--port', next.port, '--hostname', next.hostname], {
    stdio: 'inherit',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  });
  child.on('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
}

server.on('error', (error) => {
  console.error(`panel: ${error.message}`);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  if (!built) startNext();
  console.log(`panel: http://localhost:${port} (API: ${api.origin})`);
});
