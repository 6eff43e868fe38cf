import { expect, it } from 'vitest';
import { shot } from './browser';
import { accessibilityProblems, inBrowser } from './harness';

inBrowser('the states of the pages', ({ server, visit }) => {
  it('tells a newcomer with nothing to see what to run', async () => {
    server.beEmpty();
    const page = await visit('/', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('heading', { name: 'No sidecar has reported yet' }).waitFor();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('./tracery demo');
    expect(await page.getByTestId('freshness').getAttribute('data-state')).toBe('empty');
    await shot(page, 'state-empty');
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('fills by itself when the first sidecar reports', async () => {
    server.beEmpty();
    const page = await visit('/');
    await page.getByRole('heading', { name: 'No sidecar has reported yet' }).waitFor();
    server.calm();
    await page.locator('[data-node="shop/web"]').waitFor();
  });

  it('says loudly how old the data is when nothing new comes', async () => {
    server.beStale(42_000);
    const page = await visit('/');
    await page
      .getByRole('alert')
      .getByText(/The newest data is 4\d s old/)
      .waitFor();
    expect(await page.getByTestId('freshness').getAttribute('data-state')).toBe('stale');
    await page.locator('[data-node="shop/web"]').waitFor();
    expect(
      await page.evaluate(() =>
        document.getAnimations().some((a) => a instanceof CSSAnimation && a.animationName.includes('flow')),
      ),
    ).toBe(false);
    await shot(page, 'state-stale');
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('keeps the last picture when the server goes, says so, and comes back by itself', async () => {
    const page = await visit('/');
    await page.locator('[data-node="shop/web"]').waitFor();
    await server.stop();
    const alert = page.getByRole('alert').getByText(/does not answer/);
    await alert.waitFor();
    expect(await page.locator('[data-node="shop/web"]').isVisible()).toBe(true);
    await shot(page, 'state-lost');
    expect(await accessibilityProblems(page)).toEqual([]);
    await server.start();
    await alert.waitFor({ state: 'detached', timeout: 15_000 });
    await page.waitForFunction(
      () => document.querySelector('[data-testid=freshness]')?.getAttribute('data-state') === 'live',
    );
  });

  it('explains an answer it does not understand instead of breaking', async () => {
    const page = await visit('/traces/ffffffffffffffffffffffffffffffff');
    await page.getByRole('heading', { name: 'There is no such trace' }).waitFor();
    await page.goto(`${server.url}/nowhere`);
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.getByRole('link', { name: 'topology', exact: true }).click();
    await page.locator('[data-node="shop/web"]').waitFor();
  });

  it('says that a selected call has left the graph', async () => {
    const page = await visit('/?edge=shop%2Fa%3Eshop%2Fb%3Ahttp');
    await page.getByText('Not in the graph now').waitFor();
  });
});
