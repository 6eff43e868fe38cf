import { expect, it } from 'vitest';
import { buildTrace, outcome, type Outcome } from '../src/model/trace';
import { sizes } from './browser';
import { inBrowser } from './harness';

const params = (url: string) => new URL(url).searchParams;

inBrowser('two traces compared', ({ server, visit }) => {
  const oneThat = (how: Outcome) =>
    server.search.traces.find((trace) => outcome(buildTrace(trace)) === how)?.traceID ?? '';

  it('lays a trace over a typical one of its like, from its page', async () => {
    const page = await visit(`/traces/${oneThat('recovered')}`);
    await page.getByRole('button', { name: 'Compare with a typical one' }).click();
    const comparison = page.getByTestId('comparison');
    await comparison.getByText(/B took .* than A|Both took about as long/).waitFor();
    expect(new URL(page.url()).pathname).toBe('/traces/compare');
    expect(params(page.url()).get('b')).toBe(oneThat('recovered'));
    expect(await comparison.getByText('only in B').count()).toBeGreaterThan(0);
    await comparison.getByRole('heading', { name: 'Where the time went' }).waitFor();
    const [a, b] = [params(page.url()).get('a'), params(page.url()).get('b')];
    await page.keyboard.press('x');
    await page.waitForURL((url) => url.searchParams.get('a') === b && url.searchParams.get('b') === a);
    await comparison.getByText('only in A').first().waitFor();
  });

  it('puts titles over their figures, and cuts no word of what differs', async () => {
    for (const viewport of [sizes.laptop, sizes.phone]) {
      const page = await visit(`/traces/compare?a=${oneThat('served')}&b=${oneThat('recovered')}`, {
        viewport,
      });
      const calls = page.getByRole('table', { name: 'Calls' });
      await calls.getByText('only in B').first().waitFor();
      const rights = (cells: Element[]) =>
        cells.map((cell) => Math.round(cell.getBoundingClientRect().right));
      const titles = await calls.getByRole('columnheader').evaluateAll(rights);
      const row = calls.getByRole('row').nth(1);
      expect((await row.getByRole('cell').evaluateAll(rights)).slice(0, 4)).toEqual(titles.slice(0, 4));
      const cut = await calls
        .locator('em')
        .evaluateAll(
          (notes) =>
            notes.filter(
              (note) =>
                note.getBoundingClientRect().right >
                  (note.parentElement?.getBoundingClientRect().right ?? 0) ||
                note.getBoundingClientRect().bottom >
                  (note.parentElement?.getBoundingClientRect().bottom ?? 0),
            ).length,
        );
      expect(cut).toBe(0);
    }
  });

  it('lets two be chosen in the list of what was found', async () => {
    const page = await visit('/traces?service=web');
    const row = (i: number) => page.locator('[data-row]').nth(i);
    await row(0).getByRole('button', { name: 'Compare' }).click();
    const first = await row(0).getAttribute('data-row');
    const third = await row(2).getAttribute('data-row');
    await page.getByText('Choose the trace to compare with').waitFor();
    expect(params(page.url()).get('with')).toBe(first);
    await row(2).click();
    await page.getByTestId('comparison').waitFor();
    expect([params(page.url()).get('a'), params(page.url()).get('b')]).toEqual([first, third]);
    await page.keyboard.press('Escape');
    await page.locator('[data-row]').first().waitFor();
    expect(params(page.url()).get('with')).toBeNull();
  });

  it('keeps the one that waits while the search is changed, and lets it go', async () => {
    const page = await visit(`/traces/${oneThat('served')}`);
    await page.getByRole('link', { name: 'Choose…' }).click();
    await page.getByText('Choose the trace to compare with').waitFor();
    await page.getByLabel('Limit').selectOption('20');
    await page.waitForURL((url) => url.searchParams.get('limit') === '20');
    expect(params(page.url()).get('with')).toBe(oneThat('served'));
    await page.getByRole('button', { name: 'Do not compare' }).click();
    await page.getByText('Choose the trace to compare with').waitFor({ state: 'detached' });
  });

  it('says what is missing where one of them is not there', async () => {
    const page = await visit(`/traces/compare?a=${oneThat('served')}&b=ffffffffffffffffffffffffffffffff`);
    await page.getByRole('alert').getByText('trace not found').waitFor();
    const none = await visit('/traces/compare');
    await none.getByRole('heading', { name: 'Two traces are needed' }).waitFor();
  });
});
