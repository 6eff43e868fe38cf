import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

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
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return { page, strays, errors, close: () => context.close() };
}

export async function shot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
