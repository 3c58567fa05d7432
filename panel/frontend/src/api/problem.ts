/** Errors of the API (RFC 9457) as values that the pages can show, and as messages beside form fields. */
import type { FieldError, Problem } from './types';

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function fieldErrorsOf(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (entry: unknown): entry is FieldError =>
      typeof entry === 'object' && entry !== null && 'pointer' in entry && 'message' in entry &&
      typeof entry.pointer === 'string' && isText(entry.message),
  );
}

/**
 * The problem that an answer describes. A proxy in between can answer with anything, so nothing about the body is
 * taken for granted: what is missing comes from the status line and the headers.
 */
export function problemOf(status: number, headers: Headers, body: unknown): Problem {
  const from: { [key: string]: unknown } = typeof body === 'object' && body !== null ? { ...body } : {};
  const errors = fieldErrorsOf(from.errors);
  return {
    type: isText(from.type) ? from.type : 'about:blank',
    title: isText(from.title) ? from.title : titleOf(status),
    status,
    ...(isText(from.detail) ? { detail: from.detail } : {}),
    requestId: isText(from.requestId) ? from.requestId : (headers.get('X-Request-Id') ?? ''),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

function titleOf(status: number): string {
  if (status === 502 || status === 503 || status === 504) return 'The server is not available at the moment';
  if (status >= 500) return 'The server failed';
  return `The server answered with status ${status}`;
}

/** What to do about it, where the server's words alone leave one asking. */
export function adviceOf(problem: Problem): string | undefined {
  switch (problem.status) {
    case 403:
      return 'Your role does not allow this. Ask an administrator of this installation.';
    case 412:
      return 'Nothing was changed. Read it again, see what is different now, and then make your change.';
    case 504:
      return 'Nothing was changed. What works on the customers is busy or not running; try again in a moment.';
    default:
      return undefined;
  }
}

/** Anything that was thrown, as a problem. Status 0 means that no answer came at all. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  // A fetch that got no answer throws a TypeError; any other error is one of the panel's own.
  if (error instanceof Error && !(error instanceof TypeError)) {
    return { type: 'about:blank', title: 'The panel does not understand the answer', status: 0, detail: error.message, requestId: '' };
  }
  return {
    type: 'about:blank',
    title: 'The server cannot be reached',
    status: 0,
    detail: 'No answer came. Check the connection; what you typed is kept.',
    requestId: '',
  };
}

/** "/hostnames/0" becomes "hostnames.0", the way forms name their fields (RFC 6901 escapes undone). */
export function fieldOf(pointer: string): string {
  return pointer
    .replace(/^\//, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

export interface SortedErrors<Field extends string> {
  /** The message of each field that the form has: the first, or those of all entries of a list. */
  fields: Partial<{ [key in Field]: string }>;
  /** What belongs to no field of the form, and must be shown above it. */
  others: FieldError[];
}

/** The message for an entry of a list names the entry, for the field shows the whole list: "/hostnames/2". */
function entryMessage(error: FieldError, list: unknown): string {
  const index = Number(error.pointer.split('/').at(-1));
  const entry: unknown = Array.isArray(list) ? list[index] : undefined;
  return isText(entry) ? `${entry}: ${error.message}` : error.message;
}

/**
 * Sorts a problem's field errors by the form's fields. "/hostnames/2" belongs to the field "hostnames"; `sent` is what was
 * sent, by field.
 */
export function sortErrors<Field extends string>(problem: Problem, names: readonly Field[], sent: object = {}): SortedErrors<Field> {
  const sorted: SortedErrors<Field> = { fields: {}, others: [] };
  for (const error of problem.errors ?? []) {
    const path = fieldOf(error.pointer);
    const name = names.find((field) => path === field || path.startsWith(`${field}.`));
    if (name === undefined) {
      sorted.others.push(error);
      continue;
    }
    const message = path === name ? error.message : entryMessage(error, (sent as { [field: string]: unknown })[name]);
    const before = sorted.fields[name];
    if (before === undefined) sorted.fields[name] = message;
    else if (path !== name) sorted.fields[name] = `${before}; ${message}`;
  }
  return sorted;
}

/** Goes on when reading ends with 404; what is there is refused as the API refuses it, at the field. */
export async function mustNotExist(reading: Promise<unknown>, pointer: string, message: string): Promise<void> {
  try {
    await reading;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return;
    throw error;
  }
  throw new ApiError({
    type: 'about:blank',
    title: 'In conflict with the present state',
    status: 409,
    requestId: '',
    errors: [{ pointer, message }],
  });
}
