import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { buildTrace, outcome, type Outcome } from '../src/model/trace';
import { shot, sizes } from './browser';
import { inBrowser } from './harness';

inBrowser('the trace pages', ({ server, visit }) => {
  const oneThat = (how: Outcome) =>
    server.search.traces.find((trace) => outcome(buildTrace(trace)) === how)?.traceID ?? '';
  const params = (url: string) => new URL(url).searchParams;
  /** The table is of the search that the URL names; while it is asked for, the one before it stays. */
  const answered = async (page: Page) => {
    await page.waitForURL((url) => url.searchParams.has('tags'));
    await page.locator('[data-searching]').waitFor({ state: 'detached' });
  };

  it('begins with the service where requests enter the mesh', async () => {
    const page = await visit('/traces');
    await page.locator('[data-trace]').first().waitFor();
    expect(params(page.url()).get('service')).toBe('web');
    expect(await page.getByText('100 traces').count()).toBe(1);
  });

  it('keeps the whole search in the URL and finds it again from there', async () => {
    const page = await visit('/traces?service=checkout');
    await page.locator('[data-row]').first().waitFor();
    await page.getByLabel('Tags').fill('service.peer.name=payment error=true');
    await page.getByLabel('Min duration').fill('1ms');
    await page.keyboard.press('Enter');
    await answered(page);
    const found = await page.locator('[data-row]').count();
    expect(found).toBeGreaterThan(0);
    const again = await visit(new URL(page.url()).pathname + new URL(page.url()).search);
    await again.locator('[data-row]').first().waitFor();
    expect(await again.locator('[data-row]').count()).toBe(found);
    expect(await again.getByLabel('Tags').inputValue()).toBe('service.peer.name=payment error=true');
    await page.evaluate(() => history.back());
    await page.waitForURL((url) => !url.searchParams.has('tags'));
  });

  it('says what is wrong with a search before asking, and what to do when nothing matches', async () => {
    const page = await visit('/traces?service=web');
    await page.locator('[data-row]').first().waitFor();
    await page.getByLabel('Min duration').fill('soon');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('alert').getByText('write 250ms').waitFor();
    await page.getByLabel('Min duration').fill('1h');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'No trace of web matches' }).waitFor();
  });

  it('goes on when the same is searched again', async () => {
    const page = await visit('/traces?service=checkout');
    await page.locator('[data-row]').first().waitFor();
    const newest = await page.locator('[data-row]').first().getAttribute('data-row');
    server.mood.searchDelayMs = 300;
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('[data-searching]').waitFor();
    await page.locator('[data-searching]').waitFor({ state: 'detached', timeout: 10_000 });
    expect(await page.locator('[data-row]').first().getAttribute('data-row')).toBe(newest);
  });

  it('draws what failed on top of what went well', async () => {
    const page = await visit('/traces?service=web&limit=200');
    await page.locator('[data-trace]').first().waitFor();
    const order = await page
      .locator('[data-trace]')
      .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('data-outcome')));
    expect(order.lastIndexOf('served')).toBeLessThan(order.indexOf('recovered'));
    expect(order.lastIndexOf('recovered')).toBeLessThan(order.indexOf('failed'));
  });

  it('narrows the table to a brushed box, which is in the URL too', async () => {
    const page = await visit('/traces?service=web');
    await page.locator('[data-trace]').first().waitFor();
    const plot = await page.getByTestId('scatter').boundingBox();
    if (!plot) throw new Error('the plot has a box');
    await page.mouse.move(plot.x + 200, plot.y + 3);
    await page.mouse.down();
    await page.mouse.move(plot.x + 600, plot.y + 90, { steps: 8 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Show all' }).waitFor();
    const text = await page.getByText(/\d+ of 100:/).textContent();
    const inside = Number(/^(\d+) of/.exec(text ?? '')?.[1]);
    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(100);
    expect(params(page.url()).get('brush')).toMatch(/^\d+-\d+-\d+-\d+$/);
    await page.getByRole('button', { name: 'Search this time' }).click();
    await page.getByTestId('range').waitFor();
    expect(params(page.url()).get('from')).toMatch(/^\d+$/);
  });

  it('opens a trace with the keyboard, and Escape leads back to the very search', async () => {
    const page = await visit('/traces?service=cart&limit=50');
    await page.locator('[data-row]').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '1');
    await page.keyboard.press('Enter');
    await page.getByTestId('waterfall').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-row]').first().waitFor();
    expect(Object.fromEntries(params(page.url()))).toEqual({ service: 'cart', limit: '50' });
  });

  it('tells in the waterfall which attempt failed, why there was another, and how it ended', async () => {
    const page = await visit(`/traces/${oneThat('recovered')}`);
    await page.getByText('attempt 1', { exact: true }).waitFor();
    await page.getByText('↳ retried: application error').waitFor();
    expect(await page.locator('[data-span][data-failed]').count()).toBe(2);
    const panel = page.getByTestId('span-panel');
    expect(await panel.getByText(/It ended as application error with 503/).count()).toBe(1);
    const exchange = page.locator('[data-span]', { hasText: '→ POST shop/payment/0' });
    await exchange.click();
    await panel.getByText('Attempt 1 failed and was retried: application error.').waitFor();
    expect(await panel.getByText(/rather than 127\.0\.0\.1/).count()).toBe(2);
    expect(params(page.url()).get('span')).toBe(await exchange.getAttribute('data-span'));
    expect(await exchange.locator('[data-stage]').count()).toBeGreaterThan(1);
  });

  it('walks and folds the tree with the arrow keys', async () => {
    const page = await visit(`/traces/${oneThat('served')}`);
    await page.getByTestId('waterfall').waitFor();
    const all = await page.locator('[data-span]').count();
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction((n) => document.querySelectorAll('[data-span]').length < n, all);
    expect(await page.locator('[data-span]').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(
      () => document.querySelector('[aria-selected=true]')?.getAttribute('aria-level') === '2',
    );
  });

  it('says what is odd about a trace and about its spans', async () => {
    const trace = server.search.traces[0];
    const [root] = trace?.spans ?? [];
    if (!trace || !root) throw new Error('there is a trace');
    trace.warnings = ['the trace has more spans than one answer holds; these are its first 20000'];
    root.warnings = ['it begins 3.100 ms before its parent: the clocks of cart and web differ'];
    const page = await visit(`/traces/${trace.traceID}?span=${root.spanID}`);
    await page.getByText('Mind that the trace has more spans than one answer holds').waitFor();
    await page.getByTestId('span-panel').getByText('the clocks of cart and web differ').waitFor();
    await shot(page, 'waterfall-warned');
  });

  it('names the command that tells of a trace that was not kept', async () => {
    const page = await visit('/traces/FFFFFFFFFFFFFFFFffffffffffffffff', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const command =
      './tracery traces --raw --since 30m --limit 1000 --trace ffffffffffffffffffffffffffffffff';
    await page.getByText(command).waitFor();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command);
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await shot(page, `state-no-trace-${size}`);
      const code = await page.getByText(command).boundingBox();
      const button = await page.getByRole('button', { name: /Cop/ }).boundingBox();
      expect((code?.x ?? 0) + (code?.width ?? Infinity), size).toBeLessThan(button?.x ?? 0);
      expect((button?.x ?? 0) + (button?.width ?? 0), size).toBeLessThan(viewport.width);
    }
  });

  it('writes no fate over the names of spans, however narrow the page', async () => {
    const page = await visit(`/traces/${oneThat('recovered')}`, { viewport: sizes.phone });
    await page.getByText('attempt 1', { exact: true }).waitFor();
    const over = await page.locator('[data-span]').evaluateAll((rows) =>
      rows.flatMap((row) => {
        const [, name, lane] = row.children;
        const edge = name?.getBoundingClientRect().right ?? 0;
        return [...(lane?.children ?? [])].filter((mark) => mark.getBoundingClientRect().left < edge - 1);
      }),
    );
    expect(over).toEqual([]);
    expect(await page.locator('[data-span][data-failed]').getByText('application error').count()).toBe(2);
  });

  it('copies its address, and the command that tells it in a terminal', async () => {
    const id = oneThat('recovered');
    const page = await visit(`/traces/${id}`, { permissions: ['clipboard-read', 'clipboard-write'] });
    const copies = page.getByRole('group', { name: 'Copy as' });
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    const before = await copies.boundingBox();
    await copies.getByRole('button', { name: 'tracery explain' }).click();
    await copies.getByText('Copied').waitFor();
    expect(await copies.boundingBox()).toEqual(before);
    // On a phone the two groups of tools stand in one line.
    await page.setViewportSize(sizes.phone);
    await copies.getByRole('button', { name: 'explain' }).click();
    await copies.getByText('Copied').waitFor();
    await shot(page, 'waterfall-copied-phone');
    const other = await page.getByRole('button', { name: /^Compare/ }).boundingBox();
    expect((await copies.boundingBox())?.y).toBe(other?.y);
    await page.setViewportSize(sizes.laptop);
    await shot(page, 'waterfall-copied');
    expect(await copied()).toBe(`./tracery explain ${id}`);
    await copies.getByRole('button', { name: 'Link' }).click();
    await expect.poll(copied).toBe(page.url());
  });

  it('copies the trace as the server tells it', async () => {
    const id = oneThat('served');
    const page = await visit(`/traces/${id}`, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.getByRole('button', { name: 'JSON' }).click();
    await page.getByText('Copied').waitFor();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as {
      data: { traceID: string }[];
    };
    expect(copied.data[0]?.traceID).toBe(id);
  });
});
