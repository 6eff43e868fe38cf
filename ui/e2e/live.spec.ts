import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, inTheme, launch, open, shot, sizes, type Opened } from './browser';
import { accessibilityProblems } from './harness';

/**
 * Every page over a mesh that runs: TRACERY_URL=http://127.0.0.1:8400 TRACERY_TAP_TOKEN=… npm run e2e:demo
 * Expects the demo's shop, with its load.
 */
const base = process.env.TRACERY_URL;
const token = process.env.TRACERY_TAP_TOKEN ?? '';

const SOON_MS = 60_000;
const found = (page: Page, selector: string) => page.locator(selector).first().waitFor({ timeout: SOON_MS });

interface View {
  name: string;
  path: string;
  /** Shown once there is something to see. */
  ready: string;
  /** What is done on it before it is looked at. */
  then?: (page: Page) => Promise<void>;
}

const newestTraces = '/traces?service=front&limit=50';

const views: View[] = [
  {
    name: 'topology',
    path: '/',
    ready: '[data-node="shop/checkout"]',
    then: async (page) => {
      await found(page, '[data-testid=freshness][data-state=live]');
      expect(await page.locator('[data-edge]').count()).toBeGreaterThan(8);
    },
  },
  {
    name: 'topology-call',
    path: '/',
    ready: '[data-edge]',
    then: async (page) => {
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await found(page, '[data-panel] figure');
    },
  },
  { name: 'differs', path: '/?a=-1m&span=30s&view=table', ready: '[data-row]' },
  { name: 'services', path: '/services', ready: '[data-row="shop/checkout"]' },
  {
    name: 'service',
    path: '/services/shop/checkout',
    ready: '[data-testid=service] figure',
    then: async (page) => {
      const service = page.getByTestId('service');
      // Sidecars tell of their endpoints each ten seconds.
      const endpoint = service.getByRole('region', { name: 'Endpoints', exact: true }).locator('tbody tr');
      await endpoint.first().waitFor({ timeout: SOON_MS });
      expect(await endpoint.first().textContent()).toMatch(/:\d+.*(ms|µs)/);
      const policy = service.getByRole('region', { name: 'Policy and identity' });
      expect(await policy.textContent()).toMatch(/spiffe:\/\/.*\/ns\/shop\/sa\/checkout.*left/);
    },
  },
  { name: 'traces', path: newestTraces, ready: '[data-trace]' },
  {
    name: 'trace',
    path: newestTraces,
    ready: '[data-row]',
    then: async (page) => {
      // The trace with most spans says most about the mesh.
      await page.getByRole('button', { name: 'Spans' }).click();
      await page.locator('[data-row]').first().click();
      await found(page, '[data-span]');
      expect(await page.locator('[data-span]').count()).toBeGreaterThan(1);
    },
  },
  {
    name: 'compare',
    path: newestTraces,
    ready: '[data-row]',
    then: async (page) => {
      const rows = page.locator('[data-row]');
      await rows.first().getByRole('button', { name: 'Compare' }).click();
      await rows.nth(1).click();
      await found(page, '[data-testid=comparison]');
    },
  },
  {
    name: 'live',
    path: '/live',
    ready: 'form',
    then: async (page) => {
      await page.getByLabel('Token').fill(token);
      await page.keyboard.press('Enter');
      await found(page, '[data-row]');
      await page.keyboard.press('Space');
      await page.locator('[data-row]').first().click();
    },
  },
  { name: 'mesh', path: '/mesh', ready: '[data-testid=mesh] [data-row]' },
];

describe.skipIf(!executablePath || !base)('over a running mesh', () => {
  let browser: Browser;
  let opened: Opened;
  beforeAll(async () => {
    if (!token) throw new Error('Set TRACERY_TAP_TOKEN: the page Live needs it');
    browser = await launch();
    opened = await open(browser, base ?? '', { viewport: sizes.laptop });
  });
  afterAll(() => browser.close());

  for (const { name, path, ready, then } of views) {
    it(name, { timeout: 3 * SOON_MS }, async () => {
      const { page, strays, errors } = opened;
      await page.setViewportSize(sizes.laptop);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto((base ?? '') + path);
      await found(page, ready);
      await then?.(page);
      for (const [size, viewport] of Object.entries({ laptop: sizes.laptop, phone: sizes.phone })) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark'] as const) {
          await inTheme(page, colorScheme);
          await shot(page, `demo-${name}-${size}-${colorScheme}`);
          expect(await accessibilityProblems(page), `${size}, ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), size).toBe(0);
      }
      expect(strays).toEqual([]);
      expect(errors).toEqual([]);
    });
  }

  it('is pictured for the README: the whole map, wide and low', { timeout: 2 * SOON_MS }, async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 1440, height: 600 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(base ?? '');
      await found(page, '[data-node="shop/checkout"]');
      await found(page, '[data-testid=freshness][data-state=live]');
      await shot(page, `demo-wide-${colorScheme}`);
    }
  });
});
