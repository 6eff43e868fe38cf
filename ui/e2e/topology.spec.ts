import { expect, it, vi } from 'vitest';
import { settled } from './browser';
import { inBrowser } from './harness';

const node = (id: string) => `[data-node="${id}"]`;

inBrowser('the topology page', ({ visit }) => {
  it('draws every workload and every call, and asks nobody but its own origin', async () => {
    const page = await visit('/');
    await page.locator(node('shop/web')).waitFor();
    expect(await page.locator('[data-node]').count()).toBe(10);
    expect(await page.locator('[data-edge]').count()).toBe(12);
    expect(await page.locator('h1').textContent()).toBe('Topology');
    expect(await page.title()).toBe('Topology · Tracery');
  });

  it('marks what fails with a number, and only that, and draws a lock only where there is no mTLS', async () => {
    const page = await visit('/');
    await page.locator(node('shop/payment')).waitFor();
    expect(await page.locator(node('shop/payment')).textContent()).toContain('8.30 %');
    expect(await page.locator(node('shop/catalog')).textContent()).not.toContain('%');
    const locks = page.locator('[data-edge] title', { hasText: 'not mTLS' });
    expect(await locks.count()).toBe(1);
    expect(await page.locator('[data-edge="external/clients>shop/web:http"] title').count()).toBe(1);
  });

  it('keeps every node in its place while the figures change', async () => {
    const page = await visit('/');
    await page.locator(node('shop/kv')).waitFor();
    const places = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<SVGGElement>('[data-node]')].map((g) => {
          const { x, y, width, height } =
            g.querySelector('[role=button]')?.getBoundingClientRect() ?? new DOMRect();
          return [g.dataset.node, Math.round(x + width / 2), Math.round(y + height / 2)].join(' ');
        }),
      );
    const figures = () =>
      page
        .locator('[data-node] [role=button]')
        .evaluateAll((all) => all.map((body) => body.ariaLabel).join('\n'));
    await settled(page);
    const before = await places();
    for (let change = 0; change < 2; change++) {
      const last = await figures();
      await vi.waitUntil(async () => (await figures()) !== last, { timeout: 15_000 });
    }
    await settled(page);
    expect(await places()).toEqual(before);
  });

  it('opens a node in the panel, in the URL, and Back closes it again', async () => {
    const page = await visit('/');
    await page.locator(node('shop/payment')).click();
    const panel = page.getByTestId('panel');
    await panel.getByText('of the requests fail').waitFor();
    expect(page.url()).toContain('node=shop%2Fpayment');
    await panel.locator('figure').nth(2).waitFor();
    expect(await panel.locator('figure').count()).toBe(3);
    expect(await panel.getByText('application error', { exact: true }).count()).toBeGreaterThan(0);
    expect(await panel.getByText('spiffe://tracery.local/ns/shop/sa/payment').count()).toBe(1);
    await page.evaluate(() => history.back());
    await panel.waitFor({ state: 'detached' });
  });

  it('says what the cluster runs behind a node, where there is one', async () => {
    const page = await visit('/?node=shop%2Fpayment');
    const kubernetes = page
      .getByTestId('panel')
      .locator('section', { has: page.getByRole('heading', { name: 'Kubernetes' }) });
    await kubernetes.waitFor();
    const text = (await kubernetes.textContent()) ?? '';
    for (const said of [
      'Deployment',
      'payment:1.4.2',
      '1 of 2',
      'Restarts7',
      'node-a, node-b',
      'eu-1a, eu-1b',
    ])
      expect(text).toContain(said);
    expect(await kubernetes.getByTitle('app.kubernetes.io/version').count()).toBe(1);
    await page.locator(node('shop/catalog')).click();
    await page.getByTestId('panel').getByText('Called by').waitFor();
    expect(await kubernetes.count()).toBe(0);
  });

  it('opens a link to a node with the map in sight, and moves it no more than the panel asks', async () => {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      const page = await visit('/?node=shop%2Fpayment', { viewport });
      await page.locator(node('shop/payment')).waitFor();
      await settled(page);
      const chosen = await page.locator(`${node('shop/payment')} [role=button]`).boundingBox();
      const panel = await page.getByTestId('panel').boundingBox();
      if (!chosen || !panel) throw new Error('both are on the page');
      expect(chosen.x).toBeGreaterThan(0);
      expect(chosen.y).toBeGreaterThan(48);
      if (viewport.width > 720) expect(chosen.x + chosen.width).toBeLessThan(panel.x);
      else expect(chosen.y + chosen.height).toBeLessThan(panel.y);
    }
  });

  it('opens an edge from a link alone, with its counts and links to its traces', async () => {
    const page = await visit('/?edge=' + encodeURIComponent('shop/web>shop/recommendation:http'));
    const panel = page.getByTestId('panel');
    await panel.getByText('Versions reached').waitFor();
    expect(await panel.getByText('shop/recommendation-split/0').count()).toBe(1);
    const href = await panel.getByRole('link', { name: 'Failed' }).getAttribute('href');
    expect(new URL(href ?? '', page.url()).searchParams.get('tags')).toBe(
      'service.peer.name=recommendation error=true',
    );
    await panel.getByRole('link', { name: 'web' }).click();
    await panel.getByText('workload in shop').waitFor();
  });

  it('closes in on a dragged time and offers the traces of just that time', async () => {
    const page = await visit('/?node=shop%2Fweb');
    const chart = page.getByTestId('panel').locator('.u-over').first();
    await chart.waitFor();
    await settled(page);
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has a box');
    await page.mouse.move(box.x + 80, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 180, box.y + 24, { steps: 6 });
    await page.mouse.up();
    const link = page.getByRole('link', { name: 'Traces of this time' });
    const params = new URL((await link.getAttribute('href')) ?? '', page.url()).searchParams;
    const seconds = (Number(params.get('to')) - Number(params.get('from'))) / 1000;
    expect(seconds).toBeGreaterThan(180);
    expect(seconds).toBeLessThan(420);
    expect(new URL(page.url()).searchParams.get('from')).toBe(params.get('from'));
    await page.getByTestId('panel').getByRole('button', { name: 'Back to live' }).click();
    await link.waitFor({ state: 'detached' });
  });

  it('walks along the calls with the arrow keys and steps back with Escape', async () => {
    const page = await visit('/');
    await page.locator(node('shop/web')).waitFor();
    const selected = () => new URL(page.url()).searchParams;
    await page.keyboard.press('ArrowRight');
    expect(selected().get('node')).toBe('external/clients');
    await page.keyboard.press('ArrowRight');
    expect(selected().get('edge')).toBe('external/clients>shop/web:http');
    await page.keyboard.press('ArrowRight');
    expect(selected().get('node')).toBe('shop/web');
    await page.waitForFunction(
      () => document.activeElement?.closest('[data-node]')?.getAttribute('data-node') === 'shop/web',
    );
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(selected().get('edge')).toMatch(/^shop\/web>/);
    await page.keyboard.press('Escape');
    expect(selected().get('edge')).toBeNull();
  });

  it('finds a workload with the slash key, dims the rest, and says so when nothing matches', async () => {
    const page = await visit('/');
    await page.locator(node('shop/web')).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('pay');
    await page.waitForURL('**/?q=pay');
    await page.waitForFunction(
      () =>
        Number(getComputedStyle(document.querySelector('[data-node="shop/web"]') ?? document.body).opacity) <
        0.5,
    );
    await page.keyboard.type('zzz');
    await page.getByText('No workload matches').waitFor();
    for (let i = 0; i < 3; i++) await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('node') === 'shop/payment');
  });

  it('shows the same calls as a table one key away, sorts it, and keeps the sorting in the URL', async () => {
    const page = await visit('/');
    await page.locator(node('shop/web')).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('grid', { name: 'Calls' }).waitFor();
    const callers = () =>
      page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row')));
    expect(await callers()).toHaveLength(12);
    await page.getByRole('button', { name: 'Success' }).click();
    await page.getByRole('button', { name: 'Success' }).click();
    expect((await callers())[0]).toBe('shop/checkout>shop/payment:http');
    expect(page.url()).toContain('sort=success');
    await page.locator('[data-row]').first().focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('panel').waitFor();
    expect(page.url()).toContain('edge=');
  });

  it('pans by drag, zooms by wheel and shows everything again with f', async () => {
    const page = await visit('/');
    const web = page.locator(node('shop/web'));
    await web.waitFor();
    const at = async () => {
      await settled(page);
      return (await web.boundingBox())?.x ?? 0;
    };
    const before = await at();
    await page.mouse.move(700, 120);
    await page.mouse.down();
    await page.mouse.move(820, 180, { steps: 5 });
    await page.mouse.up();
    expect((await at()) - before).toBeCloseTo(120, -1);
    expect(new URL(page.url()).search).toBe('');
    const map = page.locator('[data-testid=map] svg > g');
    const panned = await map.getAttribute('transform');
    await page.mouse.wheel(0, -400);
    // The browser hands on a wheel when it likes: an f before it would be undone by it.
    await vi.waitUntil(async () => (await map.getAttribute('transform')) !== panned);
    await page.keyboard.press('f');
    expect(await at()).toBeCloseTo(before, -1);
  });

  it('follows the system’s theme until one is chosen, and remembers the choice', async () => {
    const page = await visit('/', { colorScheme: 'dark' });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe('dark');
    await page.getByRole('button', { name: 'Switch to light' }).click();
    expect(await theme()).toBe('light');
    await page.reload();
    expect(await theme()).toBe('light');
    await page.getByRole('button', { name: 'Switch to dark' }).click();
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
  });

  it('stands still where motion is not wanted', async () => {
    const page = await visit('/', { reducedMotion: 'reduce' });
    await page.locator(node('shop/web')).waitFor();
    expect(
      await page.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running').length),
    ).toBe(0);
  });
});
