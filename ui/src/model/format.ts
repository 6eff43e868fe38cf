/** A number split for typography: the figure is set in the text's weight, the unit small and grey. */
export interface Figure {
  value: string;
  unit: string;
}

export const none: Figure = { value: '–', unit: '' };

const NARROW_SPACE = '\u202f';

/** Three significant digits, at most two decimals: 0.25, 1.24, 12.4, 124. */
export function digits(x: number): string {
  const size = Math.abs(x);
  if (size >= 99.95) return x.toFixed(0);
  if (size >= 9.995) return x.toFixed(1);
  return x.toFixed(2);
}

/** 1.24k, 3.1M: three significant digits and a scale, for what counts things. */
export function scaled(x: number): string {
  const size = Math.abs(x);
  if (size >= 999.5e6) return `${digits(x / 1e9)}G`;
  if (size >= 999.5e3) return `${digits(x / 1e6)}M`;
  if (size >= 999.5) return `${digits(x / 1e3)}k`;
  return digits(x);
}

export function rate(perSecond: number | null | undefined): Figure {
  if (perSecond == null) return none;
  return { value: perSecond === 0 ? '0' : scaled(perSecond), unit: '/s' };
}

export function latency(ms: number | null | undefined): Figure {
  if (ms == null) return none;
  if (ms >= 59_950) return { value: digits(ms / 60_000), unit: 'min' };
  if (ms >= 999.5) return { value: digits(ms / 1000), unit: 's' };
  if (ms >= 0.9995) return { value: digits(ms), unit: 'ms' };
  if (ms === 0) return { value: '0', unit: 'ms' };
  return { value: digits(ms * 1000), unit: 'µs' };
}

/** Never rounds up to 100 or down to 0: those two say "all" and "none". */
export function share(x: number | null | undefined): Figure {
  if (x == null) return none;
  if (x >= 1) return { value: '100', unit: '%' };
  if (x <= 0) return { value: '0', unit: '%' };
  const percent = x * 100;
  if (percent > 99.99) return { value: '>99.99', unit: '%' };
  if (percent < 0.01) return { value: '<0.01', unit: '%' };
  if (percent > 90) return { value: percent.toFixed(2), unit: '%' };
  return { value: digits(percent), unit: '%' };
}

export function bytes(count: number | null | undefined): Figure {
  if (count == null) return none;
  if (count >= 2 ** 30) return { value: digits(count / 2 ** 30), unit: 'GiB' };
  if (count >= 2 ** 20) return { value: digits(count / 2 ** 20), unit: 'MiB' };
  if (count >= 2 ** 10) return { value: digits(count / 2 ** 10), unit: 'KiB' };
  return { value: String(count), unit: 'B' };
}

/** An exact count with thin spaces: 1 234 567. */
export function count(n: number | null | undefined): string {
  if (n == null) return none.value;
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, NARROW_SPACE);
}

export const text = ({ value, unit }: Figure): string =>
  unit === '' ? value : unit === '/s' ? value + unit : `${value} ${unit}`;

export const micros = (us: number | null | undefined): Figure => latency(us == null ? us : us / 1000);

/** How long ago, in the coarsest unit that still says something. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

const two = (n: number) => String(n).padStart(2, '0');

export function clock(unixMs: number): string {
  const at = new Date(unixMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export const clockMillis = (unixMs: number): string =>
  `${clock(unixMs)}.${String(Math.floor(unixMs % 1000)).padStart(3, '0')}`;

export function day(unixMs: number): string {
  const at = new Date(unixMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** An instant within so much time: to the second, with its day where there are several. */
export const instantWords = (lengthMs: number, unixMs: number): string =>
  tickWords(lengthMs).dated ? tickWords(lengthMs).of(unixMs) : clock(unixMs);

/** How the ticks of an axis of this length are written: a time of day, with its day where there are several. */
export function tickWords(lengthMs: number): { dated: boolean; of: (unixMs: number) => string } {
  const dated = lengthMs > 20 * 3_600_000;
  return { dated, of: (t) => (dated ? `${day(t).slice(5)} ` : '') + clock(t).slice(0, 5) };
}
