import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { executablePath, launch, open, shot, sizes } from './browser';
import { FixtureServer } from './fixtures/server';

describe.skipIf(!executablePath)('topology', () => {
  let browser: Browser;
  const server = new FixtureServer();
  beforeAll(async () => {
    await server.start();
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  for (const scheme of ['light', 'dark'] as const) {
    for (const [name, viewport] of Object.entries(sizes)) {
      it(`shows the map on a ${name} in ${scheme}`, async () => {
        const { page, strays, errors, close } = await open(browser, server.url, {
          colorScheme: scheme,
          viewport,
        });
        await page.locator('[data-node="shop/web"]').waitFor();
        await page.waitForTimeout(2500);
        await shot(page, `topology-${name}-${scheme}`);
        if (name !== 'phone') {
          await page.locator('[data-node="shop/payment"]').click();
          await page.waitForTimeout(1200);
          await shot(page, `topology-node-${name}-${scheme}`);
        }
        expect(strays).toEqual([]);
        expect(errors).toEqual([]);
        await close();
      });
    }
  }
});
