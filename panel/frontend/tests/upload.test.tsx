import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { shortName } from '@/lib/zone';
import { siteSchema } from '@/features/sites/SiteFields';
import { Uploader } from '@/features/sites/Uploader';
import { expectAccessible, operation, problem, show } from './helpers';

/** An XMLHttpRequest that the test answers by hand. */
class Request extends EventTarget {
  static last: Request;
  upload = new EventTarget();
  headers = new Map<string, string>();
  url = '';
  body: unknown;
  status = 0;
  responseText = '';
  constructor() {
    super();
    Request.last = this;
  }
  open(_: string, url: string) {
    this.url = url;
  }
  setRequestHeader(name: string, value: string) {
    this.headers.set(name, value);
  }
  getResponseHeader() {
    return null;
  }
  send(body: unknown) {
    this.body = body;
  }
  abort() {
    this.dispatchEvent(new Event('abort'));
  }
  progress(loaded: number, total: number) {
    this.upload.dispatchEvent(new ProgressEvent('progress', { loaded, total }));
  }
  answer(status: number, body: object) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    this.dispatchEvent(new Event('load'));
  }
}

beforeEach(() => vi.stubGlobal('XMLHttpRequest', Request));

const archive = new File(['PK'], 'site.zip');
const choose = (file: File) => userEvent.upload(screen.getByLabelText('Archive to deploy'), file, { applyAccept: false });

it('sends the archive, shows how far it is, and hands the operation on', async () => {
  const accepted = vi.fn();
  const { container } = show(<Uploader site="s7k2m9qx1" onAccepted={accepted} />);
  await expectAccessible(container);
  await choose(archive);
  await screen.findByText(/Sending site.zip/);
  expect(Request.last.url).toBe('/api/v1/sites/s7k2m9qx1/releases');
  expect(Request.last.headers.get('Content-Type')).toBe('application/zip');
  expect(Request.last.body).toBe(archive);
  Request.last.progress(1, 2);
  await waitFor(() => expect(screen.getByRole('progressbar', { name: 'Upload of site.zip' }).getAttribute('aria-valuenow')).toBe('50'));
  Request.last.answer(202, { operation: operation({ kind: 'site.deploy' }), release: {} });
  await waitFor(() => expect(accepted).toHaveBeenCalledWith(expect.objectContaining({ kind: 'site.deploy' })));
});

it('shows why the server took no archive', async () => {
  show(<Uploader site="s7k2m9qx1" onAccepted={() => undefined} />);
  await choose(archive);
  await screen.findByText(/Sending site.zip/);
  Request.last.answer(413, problem(413, 'Too large', { detail: 'the archive has more than 1 GiB' }));
  expect(await screen.findByText('the archive has more than 1 GiB')).toBeTruthy();
});

it('stops when the user wants it, and says that nothing has changed', async () => {
  show(<Uploader site="s7k2m9qx1" onAccepted={() => undefined} />);
  await choose(archive);
  await userEvent.click(await screen.findByRole('button', { name: 'Stop' }));
  expect(await screen.findByText(/The upload was stopped/)).toBeTruthy();
});

it('sends no file that is no archive', async () => {
  show(<Uploader site="s7k2m9qx1" onAccepted={() => undefined} />);
  const before = Request.last;
  await choose(new File(['x'], 'index.html'));
  expect(await screen.findByText(/This is no archive/)).toBeTruthy();
  expect(Request.last).toBe(before);
});

it('reads hostnames as people type them', () => {
  expect(siteSchema.parse({ hostnames: 'WWW.Example.com\nexample.com, www.example.com', replicas: '2' })).toEqual({
    hostnames: ['www.example.com', 'example.com'],
    replicas: 2,
  });
  expect(siteSchema.safeParse({ hostnames: 'exa mple', replicas: 1 }).error?.issues[0]?.message).toBe('“exa” is no hostname');
  expect(siteSchema.safeParse({ hostnames: ' ', replicas: 1 }).success).toBe(false);
  expect(siteSchema.safeParse({ hostnames: 'a.example', replicas: 11 }).error?.issues[0]?.message).toBe('From 0 to 10');
});

it('shortens names below their zone', () => {
  expect(['a.example', 'www.a.example', 'ba.example'].map((name) => shortName(name, 'a.example'))).toEqual(['@', 'www', 'ba.example']);
});
