import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page, type Request } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Undefined on a machine without one: every browser test then reports itself as skipped. */
export const executablePath = candidates.find((path) => path && existsSync(path));

export const screenshots = join(import.meta.dirname, '../target/screenshots');

export function launch(): Promise<Browser> {
  mkdirSync(screenshots, { recursive: true });
  if (!executablePath) throw new Error('No Chromium: set CHROMIUM, or install the package chromium');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const sizes = {
  laptop: { width: 1280, height: 800 },
  desk: { width: 1600, height: 1000 },
  phone: { width: 390, height: 844 },
} as const;

export interface Opened {
  page: Page;
  /** Requests that left for another origin, and errors that the page threw or logged. */
  strays: string[];
  errors: string[];
  close: () => Promise<void>;
}

/** A page of its own context, so that no test sees another's storage. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: sizes.laptop, colorScheme: 'light', ...options });
  const page = await context.newPage();
  const strays: string[] = [];
  const errors: string[] = [];
  const origin = new URL(url).origin;
  page.on('request', (request) => {
    const target = new URL(request.url());
    if (target.origin !== origin && target.protocol.startsWith('http')) strays.push(request.url());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // A refused connection is what the tests of a lost server are about.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      errors.push(message.text());
  });
  const asked = new Set<Request>();
  underWay.set(page, asked);
  page.on('request', (request) => !isStream(request) && asked.add(request));
  page.on('requestfinished', (request) => asked.delete(request));
  page.on('requestfailed', (request) => asked.delete(request));
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return { page, strays, errors, close: () => context.close() };
}

const underWay = new WeakMap<Page, Set<Request>>();

/** What never ends: to wait for it would be to wait for good. */
const isStream = (request: Request) => /\/api\/(graph\/stream|tap)(\?|$)/.test(request.url());

/**
 * Until the page has come to rest: what it asked for has come, nothing is on its way anywhere, and what is drawn lies
 * in one place for some frames. Motion without an end (a pulse, the flow along a call) is no unrest.
 */
export async function settled(page: Page): Promise<void> {
  const asked = underWay.get(page);
  if (!asked) throw new Error('the page was opened by another hand');
  for (let rested = false; !rested;) {
    await Promise.all([...asked].map((request) => request.response().catch(() => null)));
    await page.evaluate(stillFrames, 2);
    rested = asked.size === 0;
  }
}

/** Resolves after so many frames in a row in which nothing moved. Runs in the page. */
async function stillFrames(wanted: number): Promise<void> {
  await document.fonts.ready;
  const places = () =>
    [...document.querySelectorAll('main :is([role], [data-testid], [data-row], section, figure, canvas)')]
      .map((element) => element.getBoundingClientRect())
      .map(({ x, y, width, height }) => [x, y, width, height].map(Math.round).join())
      .join(' ');
  const moving = () =>
    document.querySelector('main [aria-busy=true]') !== null ||
    document
      .getAnimations()
      .some((a) => a.playState === 'running' && a.effect?.getTiming().iterations !== Infinity);
  let last = '';
  for (let still = 0; still < wanted;) {
    await new Promise(requestAnimationFrame);
    const now = places();
    still = now === last && !moving() ? still + 1 : 0;
    last = now;
  }
}

/** Puts the system's theme on the page. */
export async function inTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction((theme) => document.documentElement.dataset.theme === theme, colorScheme);
}

export async function shot(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
