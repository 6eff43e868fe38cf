import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executablePath, launch, open, shot, sizes } from './browser';

/** Over a mesh that runs: TRACERY_URL=http://127.0.0.1:8400 npm run e2e -- live */
const url = process.env.TRACERY_URL;

describe.skipIf(!executablePath || !url)('over a running mesh', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`shows the live topology and a waterfall, ${colorScheme}`, { timeout: 90_000 }, async () => {
      const { page, strays, errors, close } = await open(browser, url ?? '', {
        colorScheme,
        viewport: sizes.desk,
      });
      await page.locator('[data-node]').first().waitFor({ timeout: 60_000 });
      await page.waitForFunction(
        () => document.querySelector('[data-testid=freshness]')?.getAttribute('data-state') === 'live',
        undefined,
        {
          timeout: 30_000,
        },
      );
      await page.waitForTimeout(3_000);
      expect(await page.locator('[data-edge]').count()).toBeGreaterThan(0);
      await shot(page, `live-topology-${colorScheme}`);

      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await page.getByTestId('panel').locator('figure').first().waitFor({ timeout: 30_000 });
      await page.waitForTimeout(1_000);
      await shot(page, `live-edge-${colorScheme}`);

      await page.goto(`${url ?? ''}/traces`);
      await page.locator('[data-trace]').first().waitFor({ timeout: 60_000 });
      await shot(page, `live-traces-${colorScheme}`);
      // The trace with most spans says most about the mesh.
      await page.getByRole('button', { name: 'Spans' }).click();
      await page.locator('[data-row]').first().click();
      await page.locator('[data-span]').first().waitFor({ timeout: 30_000 });
      await page.waitForTimeout(500);
      expect(await page.locator('[data-span]').count()).toBeGreaterThan(1);
      await shot(page, `live-waterfall-${colorScheme}`);

      // For the README: wide and low, the whole map.
      await page.setViewportSize({ width: 1440, height: 600 });
      await page.goto(url ?? '');
      await page.locator('[data-node]').first().waitFor({ timeout: 30_000 });
      await page.waitForTimeout(3_000);
      await shot(page, `live-wide-${colorScheme}`);

      expect(strays).toEqual([]);
      expect(errors).toEqual([]);
      await close();
    });
  }
});
