import { expect, it } from 'vitest';
import { inBrowser } from './harness';

const params = (url: string) => new URL(url).searchParams;
const edge = (id: string) => `[data-edge="${id}"]`;

inBrowser('what differs between two times', ({ server, visit }) => {
  it('marks on the map what came, left and changed, and lists it, what matters most first', async () => {
    server.mood.changed = true;
    const page = await visit('/?a=-15m');
    const list = page.getByRole('list', { name: 'Differences' });
    await list.getByText('checkout → payment').waitFor();
    expect(await list.getByRole('listitem').allTextContents()).toEqual([
      expect.stringContaining('errors0 % → 8.30 %'),
      expect.stringContaining('web → legacy'),
      expect.stringContaining('checkout → email'),
      expect.stringContaining('TLSnone → mutual'),
      expect.stringContaining('versionsv1 → v1, v2'),
    ]);
    await page.locator('[data-node="shop/legacy"]').waitFor();
    const said = (id: string) => page.locator(`[data-node="${id}"] [role=button]`).getAttribute('aria-label');
    expect(await said('shop/legacy')).toContain('left');
    expect(await said('shop/email')).toContain('came');
    expect(await page.locator(edge('shop/web>shop/legacy:http')).getAttribute('class')).toContain('left');
    await page.locator('[data-testid=map]').getByText('TLS none → mutual').waitFor();
    await page.getByText('3 calls changed · 1 came · 1 left · 8 the same').waitFor();
  });

  it('opens one before and after, focuses it on the map, and walks on with j and k', async () => {
    server.mood.changed = true;
    const page = await visit('/?a=-15m');
    await page.getByRole('link', { name: /checkout → payment/ }).click();
    const panel = page.getByTestId('panel');
    await panel.getByRole('heading', { name: 'What failed' }).waitFor();
    expect(params(page.url()).get('edge')).toBe('shop/checkout>shop/payment:http');
    expect(await panel.getByRole('row', { name: /Success/ }).textContent()).toBe('Success100 %91.70 %');
    expect(await panel.getByRole('row', { name: /p99/ }).textContent()).toContain('↑ ×2.5');
    await page.keyboard.press('j');
    expect(params(page.url()).get('edge')).toBe('shop/web>shop/legacy:http');
    await panel.getByText('left: it is only in A').waitFor();
    await page.keyboard.press('k');
    const traces = await panel.getByRole('link', { name: 'traces' }).first().getAttribute('href');
    expect(new URL(traces ?? '', page.url()).searchParams.get('tags')).toBe('service.peer.name=payment');
    await page.keyboard.press('Escape');
    await page.getByRole('list', { name: 'Differences' }).waitFor();
  });

  it('begins with d, puts both moments by mouse and keyboard, keeps them in the URL, and leaves with Escape', async () => {
    const page = await visit('/?lookback=1h');
    await page.locator('[data-node="shop/web"]').waitFor();
    await page.keyboard.press('d');
    await page.getByTestId('compared').waitFor();
    expect(params(page.url()).get('a')).toBe('-1h');
    await page.getByText('not remembered').waitFor();
    await page.getByRole('button', { name: /oldest that is remembered/ }).click();
    await page.getByText('Nothing differs').waitFor();
    const line = await page.getByTestId('timeline').boundingBox();
    if (!line) throw new Error('the timeline has a box');
    await page.mouse.click(line.x + line.width * 0.5, line.y + 30);
    await page.waitForURL(
      (url) => Math.abs(Date.now() - Number(url.searchParams.get('a')) - 1_800_000) < 60_000,
    );
    const slider = page.getByRole('slider', { name: /^B/ });
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL((url) => /^\d+$/.test(url.searchParams.get('b') ?? ''));
    const moved = params(page.url()).get('b');
    const a = await page.getByRole('slider', { name: /^A/ }).boundingBox();
    if (!a) throw new Error('A has a box');
    await page.mouse.move(a.x + 8, a.y + 20);
    await page.mouse.down();
    await page.mouse.move(a.x + 68, a.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL((url) => Number(url.searchParams.get('a')) > Date.now() - 1_790_000);
    expect(params(page.url()).get('b')).toBe(moved);
    await page.getByLabel('each over').selectOption('1m');
    expect(params(page.url()).get('span')).toBe('1m');
    await page.mouse.move(400, 400);
    await page.locator('body').click({ position: { x: 300, y: 320 } });
    await page.keyboard.press('Escape');
    await page.getByTestId('compared').waitFor({ state: 'detached' });
    expect(params(page.url()).get('a')).toBeNull();
  });

  it('compares right before a deploy with right after it, from its mark on the line', async () => {
    server.mood.changed = true;
    const page = await visit('/?a=-15m');
    await page
      .getByTestId('timeline')
      .getByLabel(/deploy at .*payment v2 appeared/)
      .click();
    await page.waitForURL(
      (url) => Math.abs(Date.now() - 240_000 - Number(url.searchParams.get('a'))) < 20_000,
    );
    expect(params(page.url()).get('span')).toBe('1m');
    await page.getByRole('list', { name: 'Differences' }).getByText('checkout → payment').waitFor();
  });

  it('shows the same as a table, and only what differs on demand', async () => {
    server.mood.changed = true;
    const page = await visit('/?a=-15m');
    await page.getByRole('list', { name: 'Differences' }).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('grid', { name: 'Calls before and after' }).waitFor();
    expect(await page.locator('[data-row]').count()).toBe(13);
    expect(await page.locator('[data-row]').first().getAttribute('data-row')).toBe(
      'shop/checkout>shop/payment:http',
    );
    await page.keyboard.press('h');
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 5);
    await page.keyboard.press('t');
    await page.locator('[data-node="shop/shipping"]').waitFor({ state: 'detached' });
  });

  it('compares two versions of a workload, from its panel', async () => {
    const page = await visit('/?node=shop%2Frecommendation');
    await page.getByRole('link', { name: 'v1 against v2' }).click();
    await page.getByTestId('compared').getByText('shop/recommendation').waitFor();
    await page.getByRole('link', { name: /web → recommendation/ }).waitFor();
    expect(params(page.url()).get('of')).toBe('shop/recommendation');
    expect(await page.getByLabel('B', { exact: true }).inputValue()).toBe('v2');
  });
});
