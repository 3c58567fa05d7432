/** The upload of a release. fetch cannot tell how much of a body was sent, so this is the one use of XMLHttpRequest. */
import { ApiError, problemOf } from '@/api/problem';
import type { ReleaseAccepted } from '@/api/types';
import type { ArchiveType } from '@/lib/names';

export interface Upload {
  site: string;
  file: Blob;
  type: ArchiveType;
  /** The Idempotency-Key: the same archive sent again under it is one release. */
  key: string;
  /** From 0 to 1, as the browser sends. */
  onProgress: (part: number) => void;
  signal: AbortSignal;
}

function headersOf(request: XMLHttpRequest): Headers {
  const id = request.getResponseHeader('X-Request-Id');
  return new Headers(id === null ? {} : { 'X-Request-Id': id });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function uploadRelease({ site, file, type, key, onProgress, signal }: Upload): Promise<ReleaseAccepted> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/sites/${encodeURIComponent(site)}/releases`);
    request.setRequestHeader('Content-Type', type);
    request.setRequestHeader('Idempotency-Key', key);
    request.upload.addEventListener('progress', (event) => onProgress(event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener('load', () => {
      const body = parse(request.responseText);
      if (request.status === 202) resolve(body as ReleaseAccepted);
      else reject(new ApiError(problemOf(request.status, headersOf(request), body)));
    });
    request.addEventListener('error', () => reject(new TypeError('no answer came')));
    request.addEventListener('abort', () => reject(new DOMException('the upload was stopped', 'AbortError')));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
