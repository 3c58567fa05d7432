import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, asked, take, takeTagged, type Asked } from '@/api/client';
import { ApiError, mustNotExist } from '@/api/problem';
import { asQuery, pages } from '@/api/query';
import type { RecordType } from '@/api/types';

/** The name server is asked for these each time, so they are read when the page opens and when the user wants it. */
export function useRecords(domain: string) {
  return useInfiniteQuery({
    queryKey: ['records', domain],
    ...pages,
    enabled: domain !== '',
    staleTime: Infinity,
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/domains/{domain}/records', { params: { path: { domain }, query: asQuery({ cursor: pageParam }) } })),
  });
}

/** One RRset by its whole name and its type. */
export interface Place {
  domain: string;
  name: string;
  type: RecordType;
}

const readRecord = (path: Place) => takeTagged(api.GET('/api/v1/domains/{domain}/records/{name}/{type}', { params: { path } }));

export function useRecord(path: Place) {
  return useQuery({ queryKey: ['record', path], staleTime: 0, gcTime: 0, queryFn: () => readRecord(path) });
}

/** Writing replaces what is there, so a form for new RRsets first asks whether there is none. */
export async function mustBeNew(path: Place): Promise<void> {
  await mustNotExist(readRecord(path), '/name', `has ${path.type} records already: edit those`);
}

export const putRecord = (path: Place, body: { ttl: number; values: string[] }, ask: Asked) =>
  take(api.PUT('/api/v1/domains/{domain}/records/{name}/{type}', { params: { path, ...asked(ask) }, body }));

export const deleteRecord = (path: Place, ask: Asked) =>
  take(api.DELETE('/api/v1/domains/{domain}/records/{name}/{type}', { params: { path, ...asked(ask) } }));

export const exportZone = (domain: string) =>
  take(api.GET('/api/v1/domains/{domain}/zone', { params: { path: { domain } }, parseAs: 'text' }));

export type ImportMode = 'merge' | 'replace';

/** The faults of a zone file are named by its lines; in the form they stand at the field that has the file's text. */
export function atZone(error: unknown): unknown {
  const errors = error instanceof ApiError ? error.problem.errors : undefined;
  if (!(error instanceof ApiError) || errors === undefined) return error;
  const moved = errors.map(({ pointer, message }) => {
    const line = /^\/line\/(\d+)$/.exec(pointer)?.[1];
    return line === undefined ? { pointer, message } : { pointer: `/zone/${line}`, message: `line ${line}: ${message}` };
  });
  return new ApiError({ ...error.problem, errors: moved });
}

export async function importZone(domain: string, zone: string, mode: ImportMode, ask: Asked) {
  const { query, header } = asked(ask);
  try {
    return await take(
      api.POST('/api/v1/domains/{domain}/zone', {
        params: { path: { domain }, query: { ...query, mode }, header },
        body: zone,
        bodySerializer: (text) => text,
        headers: { 'Content-Type': 'text/plain' },
      }),
    );
  } catch (error) {
    throw atZone(error);
  }
}
