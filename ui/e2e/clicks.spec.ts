import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { settled, shot, sizes } from './browser';
import { inBrowser } from './harness';

/** Counts what a hand does from here on; a page that loads anew loses the count, and is none of these. */
const countClicks = (page: Page) =>
  page.evaluate(() => {
    const counted = globalThis as unknown as { clicks: number };
    counted.clicks = 0;
    addEventListener('click', () => counted.clicks++, { capture: true });
  });
const clicks = (page: Page) => page.evaluate(() => (globalThis as unknown as { clicks?: number }).clicks);

/** With the mouse, on the line itself: the middle of the box around a curve is beside it. */
async function clickEdge(page: Page, id: string): Promise<void> {
  await settled(page);
  const { x, y } = await page
    .locator(`[data-edge="${id}"] path`)
    .first()
    .evaluate((path) => {
      const line = path as unknown as SVGPathElement;
      const { x, y } = line
        .getPointAtLength(line.getTotalLength() / 2)
        .matrixTransform(line.getScreenCTM() ?? undefined);
      return { x, y };
    });
  await page.mouse.click(x, y);
}

/** The newest trace that failed for whoever asked, not one that recovered. */
const openFailed = (page: Page) =>
  page
    .locator('[data-row]')
    .filter({ hasNotText: 'recovered' })
    .filter({ hasText: 'application error' })
    .first()
    .click();

async function sawWhyItWasRetried(page: Page): Promise<void> {
  const reason = page.getByText('↳ retried: application error').first();
  await reason.waitFor();
  await settled(page);
  const box = await reason.boundingBox();
  const within = await page.getByTestId('waterfall').boundingBox();
  if (!box || !within) throw new Error('both are on the page');
  expect(box.y).toBeGreaterThan(within.y);
  expect(box.y + box.height).toBeLessThan(
    Math.min(within.y + within.height, page.viewportSize()?.height ?? 0),
  );
  expect(await page.locator('dt', { hasText: 'Ended as' }).locator('..').textContent()).toContain(
    'application error',
  );
  expect(await clicks(page)).toBe(3);
}

inBrowser('from the map to why', ({ visit }) => {
  for (const [name, viewport] of Object.entries({ laptop: sizes.laptop, phone: sizes.phone }))
    it(`takes three clicks from a call that fails to the reason why it was retried, on a ${name}`, async () => {
      const page = await visit('/', { viewport });
      await page.locator('[data-node="shop/payment"]').waitFor();
      await countClicks(page);
      await clickEdge(page, 'shop/checkout>shop/payment:http');
      await page.getByTestId('panel').getByRole('link', { name: 'Failed' }).click();
      await openFailed(page);
      await sawWhyItWasRetried(page);
      await shot(page, `clicks-reason-${name}`);
    });

  it('takes three clicks from a fate as well, and from a namespace that is folded', async () => {
    const page = await visit('/');
    await page.locator('[data-node="shop/payment"]').waitFor();
    await countClicks(page);
    await clickEdge(page, 'shop/checkout>shop/payment:http');
    await page.getByTestId('panel').getByRole('link', { name: 'application error' }).click();
    await openFailed(page);
    await sawWhyItWasRetried(page);

    const folded = await visit('/?fold=shop');
    await folded.locator('[data-node="folded:shop"]').waitFor();
    await settled(folded);
    await countClicks(folded);
    await folded.locator('[data-node="folded:shop"]').click();
    await shot(folded, 'clicks-folded');
    const row = folded.getByTestId('panel').locator('tr', { hasText: 'payment' });
    await row.getByTitle('Traces of what failed').click();
    await openFailed(folded);
    await sawWhyItWasRetried(folded);
  });

  it('looks for traces in the time that the map is of', async () => {
    const [from, to] = [Date.now() - 600_000, Date.now() - 300_000];
    const page = await visit(
      `/?from=${from}&to=${to}&edge=${encodeURIComponent('shop/checkout>shop/payment:http')}`,
    );
    for (const name of ['Failed', 'application error']) {
      const href = await page.getByTestId('panel').getByRole('link', { name }).getAttribute('href');
      const { searchParams } = new URL(href ?? '', page.url());
      expect([searchParams.get('from'), searchParams.get('to')], name).toEqual([String(from), String(to)]);
    }
  });
});
