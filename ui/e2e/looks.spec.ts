import { expect, it } from 'vitest';
import { buildTrace, outcome } from '../src/model/trace';
import { inTheme, shot, sizes } from './browser';
import { TOKEN } from './fixtures/tap';
import { accessibilityProblems, inBrowser } from './harness';

/** Pictures of every page in both themes and three sizes, for a person to look at; each also passes axe. */
inBrowser('how the pages look', ({ server, visit }) => {
  const retried = () =>
    server.search.traces.find((trace) => outcome(buildTrace(trace)) === 'recovered')?.traceID ?? '';
  const well = () =>
    server.search.traces.find((trace) => {
      const built = buildTrace(trace);
      return built.roots[0]?.operation.startsWith('POST') && outcome(built) === 'served';
    })?.traceID ?? '';
  const failed = () =>
    server.search.traces.find((trace) => outcome(buildTrace(trace)) === 'failed')?.traceID ?? '';
  const views: { name: string; path: () => string; ready: string }[] = [
    { name: 'topology', path: () => '/', ready: '[data-node="shop/web"]' },
    { name: 'topology-node', path: () => '/?node=shop%2Fpayment', ready: '[data-panel] figure' },
    {
      name: 'topology-edge',
      path: () => `/?edge=${encodeURIComponent('shop/web>shop/recommendation:http')}`,
      ready: '[data-panel] figure',
    },
    { name: 'topology-table', path: () => '/?view=table', ready: '[data-row]' },
    { name: 'diff', path: () => '/?a=-15m', ready: '[data-node="shop/legacy"]' },
    {
      name: 'diff-call',
      path: () => `/?a=-15m&edge=${encodeURIComponent('shop/checkout>shop/payment:http')}`,
      ready: '[data-node="shop/legacy"]',
    },
    { name: 'diff-table', path: () => '/?a=-15m&view=table', ready: '[data-row]' },
    { name: 'services', path: () => '/services', ready: '[data-row]' },
    { name: 'service', path: () => '/services/shop/payment', ready: '[data-testid=service] figure a' },
    { name: 'service-tcp', path: () => '/services/shop/kv', ready: '[data-testid=service] figure' },
    { name: 'mesh', path: () => '/mesh', ready: '[data-testid=mesh] [data-row]' },
    { name: 'live-token', path: () => '/live', ready: 'form' },
    { name: 'live', path: () => '/live?fate=app_error', ready: '[data-row]' },
    { name: 'traces', path: () => '/traces?service=web&limit=200', ready: '[data-trace]' },
    { name: 'waterfall', path: () => `/traces/${retried()}`, ready: '[data-span]' },
    { name: 'waterfall-failed', path: () => `/traces/${failed()}`, ready: '[data-span]' },
    {
      name: 'compare',
      path: () => `/traces/compare?a=${well()}&b=${retried()}`,
      ready: '[data-testid=comparison]',
    },
  ];

  for (const { name, path, ready } of views) {
    // Six pictures and four looks by axe.
    it(name, { timeout: 90_000 }, async () => {
      server.mood.changed = name.startsWith('diff');
      const page = await visit(path());
      if (name === 'live') {
        await page.getByLabel('Token').fill(TOKEN);
        await page.keyboard.press('Enter');
        await page.locator('[data-row]').nth(1).click();
      }
      await page.locator(ready).first().waitFor();
      for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark'] as const) {
          await inTheme(page, colorScheme);
          await shot(page, `${name}-${size}-${colorScheme}`);
          // The desk's page is the laptop's with more air, and of all that axe looks at only colours differ in the dark.
          if (size === 'desk') continue;
          const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined;
          expect(await accessibilityProblems(page, rules), `${size}, ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), size).toBe(0);
      }
    });
  }
});
