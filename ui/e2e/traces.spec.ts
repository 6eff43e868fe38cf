import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { executablePath, launch, open, shot, sizes } from './browser';
import { FixtureServer } from './fixtures/server';
import { buildTrace, outcome } from '../src/model/trace';

describe.skipIf(!executablePath)('traces', () => {
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
      it(`looks right on a ${name} in ${scheme}`, async () => {
        const { page, strays, errors, close } = await open(browser, `${server.url}/traces`, {
          colorScheme: scheme,
          viewport,
        });
        await page.locator('[data-trace]').first().waitFor();
        await page.waitForTimeout(300);
        await shot(page, `traces-${name}-${scheme}`);
        const failed = server.search.traces.find((trace) => outcome(buildTrace(trace)) === 'recovered');
        await page.goto(`${server.url}/traces/${failed?.traceID ?? ''}`);
        await page.locator('[data-span]').first().waitFor();
        await page.waitForTimeout(300);
        await shot(page, `waterfall-${name}-${scheme}`);
        expect(strays).toEqual([]);
        expect(errors).toEqual([]);
        await close();
      });
    }
  }
});
