import { expect, it } from 'vitest';
import { sizes } from './browser';
import { TOKEN } from './fixtures/tap';
import { inBrowser } from './harness';

const params = (url: string) => new URL(url).searchParams;

inBrowser('services, the mesh and live', ({ server, visit }) => {
  it('puts the service that fails most first, and hides what is well', async () => {
    const page = await visit('/services');
    await page.locator('[data-row="shop/payment"]').waitFor();
    const rows = () =>
      page.locator('[data-row]').evaluateAll((all) => all.map((row) => row.getAttribute('data-row')));
    expect((await rows())[0]).toBe('shop/payment');
    await page.getByRole('button', { name: 'Hide healthy' }).click();
    await page.locator('[data-row="shop/cart"]').waitFor({ state: 'detached' });
    expect((await rows()).toSorted()).toEqual(['shop/checkout', 'shop/payment']);
    await page.locator('[data-row="shop/payment"]').click();
    await page.getByTestId('service').waitFor();
    expect(new URL(page.url()).pathname).toBe('/services/shop/payment');
  });

  it('shows on a phone how well each service is and what it serves, without a scroll', async () => {
    const page = await visit('/services', { viewport: sizes.phone });
    await page.locator('[data-row="shop/payment"]').waitFor();
    for (const name of ['Service', 'Success', 'Rate']) {
      const box = await page.getByRole('columnheader', { name: new RegExp(`^${name}`) }).boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 1_000), name).toBeLessThan(sizes.phone.width);
    }
  });

  it('says what fails, since when, who is affected, what was changed, and shows a trace of it', async () => {
    const page = await visit('/services/shop/payment');
    const service = page.getByTestId('service');
    await service.getByText(/8.30 % of its requests fail, most often: application error/).waitFor();
    expect(await service.getByText(/It began at \d\d:\d\d:\d\d, [34] min ago/).count()).toBe(1);
    expect(await service.getByText(/Affected:/).textContent()).toContain('checkout (8.30 % of its calls)');
    expect(await service.getByText(/Changed shortly before: shop\/payment v2 appeared/).count()).toBe(1);
    // A caller before the whole, and in the URL.
    await service.getByRole('region', { name: 'Called by' }).getByRole('button').first().click();
    await service.getByText('from checkout').first().waitFor();
    expect(params(page.url()).get('pick')).toBe('sender:shop/checkout>shop/payment:http');
    await service.locator('figure a').first().click();
    await page.getByTestId('waterfall').waitFor();
  });

  it('shows endpoints as the balancers of callers see them, and why one is left out', async () => {
    const page = await visit('/services/shop/payment');
    const endpoints = page.getByTestId('service').getByRole('region', { name: 'Endpoints' });
    const rows = endpoints.locator('tbody tr');
    await rows.first().getByText('▲ left out: server errors in a row').waitFor();
    expect(await rows.count()).toBe(2);
    expect(await rows.first().getByRole('link', { name: 'checkout' }).count()).toBe(1);
    expect(await rows.nth(1).textContent()).toMatch(/8080v1.*ms.*in use/);
    // Costs are of now; a range that is over has none.
    await page.goto(
      `${server.url}/services/shop/payment?from=${Date.now() - 120_000}&to=${Date.now() - 60_000}`,
    );
    await page.getByTestId('service').getByRole('region', { name: 'Sidecars' }).waitFor();
    expect(await endpoints.count()).toBe(0);
  });

  it('advises what to write where the protocol of a port is not declared', async () => {
    const page = await visit('/services/shop/kv');
    const advice = page
      .getByTestId('service')
      .getByRole('list', { name: 'Ports of undeclared protocol' })
      .getByRole('listitem');
    await advice.getByText(/Port 6379 declares no protocol: the server speaks first/).waitFor();
    expect(await advice.textContent()).toMatch(
      /need not wait 200 ms: write appProtocol: tcp at port 6379 of the Service shop\/kv\.$/,
    );
    // What is declared, and a time that is over, have none.
    await page.goto(`${server.url}/services/shop/payment`);
    await page.getByTestId('service').getByRole('region', { name: 'Endpoints' }).waitFor();
    expect(await advice.count()).toBe(0);
    await page.goto(`${server.url}/services/shop/kv?from=${Date.now() - 120_000}&to=${Date.now() - 60_000}`);
    await page.getByTestId('service').getByRole('region', { name: 'Sidecars' }).waitFor();
    expect(await advice.count()).toBe(0);
  });

  it('says who is let in by what proof, what policy refused, and how long certificates hold', async () => {
    const page = await visit('/services/shop/web');
    const policy = page.getByTestId('service').getByRole('region', { name: 'Policy and identity' });
    await policy.getByText('clients outside the mesh').waitFor();
    expect(await policy.locator('tbody tr').first().textContent()).toContain('nobody, no mutual TLS');
    expect(await policy.getByText('spiffe://tracery.local/ns/shop/sa/web').count()).toBe(1);
    expect(await policy.getByText(/\d+ (min|h) left/).count()).toBe(1);
    await page.goto(`${server.url}/services/shop/payment`);
    await policy.getByText('spiffe://tracery.local/ns/shop/sa/checkout').waitFor();
    const denied = policy.locator('tbody tr').first().getByRole('link');
    const href = new URL((await denied.getAttribute('href')) ?? '', page.url());
    expect(href.searchParams.get('tags')).toBe('tracery.fate=policy_denied');
  });

  it('rules every page by one time: dragged on the timeline, carried along, and back to live', async () => {
    const page = await visit('/services/shop/web');
    const bar = page.getByTestId('timeline');
    await bar.getByLabel(/deploy at .*payment v2 appeared/).waitFor();
    const box = await bar.boundingBox();
    if (!box) throw new Error('the timeline has a box');
    await page.mouse.move(box.x + 300, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.getByTestId('range').waitFor();
    const from = params(page.url()).get('from');
    expect(from).toMatch(/^\d+$/);
    await page.getByRole('link', { name: 'Topology' }).first().click();
    await page.locator('[data-node="shop/web"]').waitFor();
    expect(params(page.url()).get('from')).toBe(from);
    await page.getByTestId('range').click();
    await page.getByTestId('range').waitFor({ state: 'detached' });
    expect(params(page.url()).get('from')).toBeNull();
  });

  it('says in words what of the mesh itself is not well, and sorts sidecars by what expires first', async () => {
    const page = await visit('/mesh');
    const mesh = page.getByTestId('mesh');
    await mesh.getByText('The certificate of 1 sidecar was not renewed in time.').waitFor();
    expect(await mesh.getByText('1 sidecar is not heard of any more.').count()).toBe(1);
    expect(await mesh.getByText('128 reports were dropped by sidecars.').count()).toBe(1);
    expect(await mesh.locator('[data-row]').first().getAttribute('data-row')).toBe('sidecar~shop/cart-1');
  });

  it('asks for a token, keeps it out of the URL, and shows exchanges that can be paused and narrowed', async () => {
    const page = await visit('/live');
    await page.getByLabel('Token').fill('stale');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('This token is not known').waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('[data-row]').nth(5).waitFor();
    expect(page.url()).not.toContain(TOKEN);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Pause' }).click();
    const first = await page.locator('[data-row]').first().getAttribute('data-row');
    await page.getByText(/Go on, [1-9]\d* new/).waitFor();
    expect(await page.locator('[data-row]').first().getAttribute('data-row')).toBe(first);
    await page.locator('[data-row]').first().click();
    await page
      .getByTestId('exchange-panel')
      .getByText(/It ended as/)
      .waitFor();
    await page.getByRole('button', { name: /Go on/ }).click();
    await page.getByLabel('Fate').fill('!served');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('fate') === '!served');
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('[data-row]')];
      return rows.length > 0 && rows.every((row) => row.textContent.includes('application error'));
    });
  });

  it('shows no way to single exchanges where the server can ask nobody for them', async () => {
    const places = async () => {
      const page = await visit('/services');
      await page.locator('[data-row="shop/payment"]').waitFor();
      await page.waitForFunction(() =>
        performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/api/health')),
      );
      return page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    };
    await (await places()).filter({ hasText: 'Live' }).waitFor();
    server.mood.untapped = true;
    const answered = await places();
    expect(await answered.allTextContents()).toEqual(['Topology', 'Services', 'Traces', 'Mesh']);
  });
});
