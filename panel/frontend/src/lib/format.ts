/** Numbers and times as people read them. Pure; the present moment is an argument. */

const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–';
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes;
  let unit = -1;
  // 1023.95 and more would be printed as "1024.0", so it goes to the next unit.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ''}`;
}

/** Kubernetes' CPU quantity in cores: "500m" is 0.5. */
export function cpuCores(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}

/** "0.5 CPU" for "500m". */
export function formatCpu(quantity: string): string {
  return `${cpuCores(quantity)} CPU`;
}

/** Kubernetes' byte quantity as people write it: "10 GiB" for "10Gi". */
export function formatQuantity(quantity: string): string {
  return quantity.replace(/^(\d+)(Ki|Mi|Gi|Ti)$/, '$1 $2B');
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 minutes ago", "in 2 hours"; the date itself when it is more than 30 days away. */
export function formatRelative(time: string, now: number): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return '–';
  const seconds = Math.round((at - now) / 1000);
  const distance = Math.abs(seconds);
  if (distance > 30 * 86_400) return new Date(at).toISOString().slice(0, 10);
  for (const [unit, length] of steps) {
    if (distance >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  // Clocks of browser and server differ a little: what has just happened is never in the future.
  if (distance < 5) return 'just now';
  return relative.format(seconds, 'second');
}

/** The exact moment, for the tooltip of a relative time: local time with its zone. */
export function formatExact(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' }).format(at);
}

/** Text of the server with the times in it as people write them: "good until 2027-02-22 08:30 UTC". */
export function readableTimes(text: string): string {
  return text.replace(/\b(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(\.\d+)?Z\b/g, '$1 $2 UTC');
}

/** How long something took: "850 ms", "3.2 s", "2 min 5 s". */
export function formatDuration(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  if (Number.isNaN(ms) || ms < 0) return '–';
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const two = (part: number): string => String(part).padStart(2, '0');

/** A moment as a field for local time has it, "2026-12-24T08:00"; empty for none. */
export function localOf(time: string | undefined): string {
  const at = new Date(time ?? '');
  if (Number.isNaN(at.getTime())) return '';
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment that was typed in local time, as the API takes it; empty for none, undefined for what is none. */
export function utcOf(local: string): string | undefined {
  if (local === '') return '';
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString().replace(/\.\d+Z$/, 'Z');
}
