import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { settled, shot } from './browser';
import { chain, loop, MOST_SPANS } from './fixtures/hugeTraces';
import { largeGraph, restless } from './fixtures/shop';
import { accessibilityProblems, inBrowser } from './harness';

/** What moves while a hand moves the map: every frame's length, in ms, the longest last. */
const framesWhile = (page: Page, how: 'pan' | 'zoom') =>
  page.evaluate(async (how) => {
    const map = document.querySelector('[data-testid=map]');
    if (!map) throw new Error('there is a map');
    map.setPointerCapture = () => undefined;
    const point = (type: string, x: number) =>
      map.dispatchEvent(
        new PointerEvent(type, { pointerId: 7, button: 0, clientX: x, clientY: 400, bubbles: true }),
      );
    const times: number[] = [];
    if (how === 'pan') point('pointerdown', 500);
    for (let i = 0; i < 90; i++) {
      if (how === 'pan') point('pointermove', 500 + i * 3);
      else
        map.dispatchEvent(
          new WheelEvent('wheel', { deltaY: i < 45 ? -12 : 12, clientX: 640, clientY: 400, bubbles: true }),
        );
      times.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
    }
    window.dispatchEvent(new PointerEvent('pointerup', { pointerId: 7 }));
    return times
      .slice(1)
      .map((time, i) => time - (times[i] ?? 0))
      .toSorted((a, b) => a - b);
  }, how);

/** What of the map's elements a short pan changes, and how the picture is moved instead. */
const changedByPan = (page: Page) =>
  page.evaluate(async () => {
    const svg = document.querySelector('[data-testid=map] svg');
    const map = document.querySelector('[data-testid=map]');
    if (!svg || !map) throw new Error('there is a map');
    const point = (type: string, x: number) =>
      map.dispatchEvent(
        new PointerEvent(type, { pointerId: 8, button: 0, clientX: x, clientY: 400, bubbles: true }),
      );
    let changes = 0;
    const observer = new MutationObserver((records) => (changes += records.length));
    observer.observe(svg, { subtree: true, childList: true, attributes: true });
    point('pointerdown', 500);
    for (let i = 1; i <= 12; i++) {
      point('pointermove', 500 + i * 8);
      await new Promise(requestAnimationFrame);
    }
    const stage = getComputedStyle(svg.parentElement ?? svg).transform;
    observer.disconnect();
    window.dispatchEvent(new PointerEvent('pointerup', { pointerId: 8 }));
    return { changes, stage };
  });

inBrowser('a mesh of 1,000 workloads and 3,000 calls', ({ server, visit }) => {
  it('folds by itself into its namespaces, and opens one by a double click', async () => {
    server.mood.graph = restless(largeGraph(1_000, Date.now()));
    const page = await visit('/');
    const folded = page.locator('[data-node="folded:team-3"]');
    await folded.waitFor();
    expect(await page.locator('[data-node]').count()).toBe(8);
    await shot(page, 'large-folded');
    expect(await accessibilityProblems(page)).toEqual([]);
    await folded.dblclick();
    await page.locator('[data-node="team-3/svc-0003"]').waitFor();
    expect(new URL(page.url()).searchParams.get('fold')?.split(',')).toHaveLength(7);
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.locator('[data-node="team-1/svc-0001"]').waitFor();
    expect(new URL(page.url()).searchParams.get('fold')).toBe('none');
  });

  it('stays fluid while all of it is moved and zoomed', { timeout: 90_000 }, async () => {
    const large = largeGraph(1_000, Date.now());
    expect(large.edges.length).toBeGreaterThan(3_000);
    server.mood.graph = restless(large);
    const page = await visit('/?fold=none');
    await page.locator('[data-node]').first().waitFor({ timeout: 60_000 });
    await settled(page);
    expect(await page.locator('[data-node]').count()).toBe(1_000);
    await shot(page, 'large-1000');
    for (const how of ['pan', 'zoom'] as const) {
      const frames = await framesWhile(page, how);
      const at = (share: number) => frames[Math.floor(frames.length * share)] ?? 0;
      console.log(
        `1,000 workloads, ${large.edges.length} calls, ${how}: frame median ${at(0.5).toFixed(1)} ms, p90 ${at(0.9).toFixed(1)} ms, longest ${at(0.999).toFixed(0)} ms`,
      );
    }
    // What makes it so: a pan within reach of what is painted changes no element of the thousand.
    server.mood.frozen = true;
    await page.keyboard.press('f');
    // An event that came before may still wait for its turn.
    const stage = await vi.waitUntil(
      async () => {
        await settled(page);
        const { changes, stage } = await changedByPan(page);
        return changes === 0 && stage;
      },
      { timeout: 20_000 },
    );
    expect(stage).toContain('matrix');
    await page.mouse.wheel(0, -1500);
    await shot(page, 'large-1000-close');
  });

  it('chooses a workload out of the thousand by search, with its neighbourhood alone on demand', async () => {
    server.mood.graph = restless(largeGraph(1_000, Date.now()));
    const page = await visit('/');
    await page.locator('[data-node]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('svc-0503');
    await page.keyboard.press('Enter');
    await page.getByTestId('panel').getByRole('button', { name: 'Focus' }).click();
    await page.getByTestId('lens').getByText('Around').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('[data-node]').length < 30);
    await page.getByLabel('How far around').selectOption('2');
    await page.waitForURL((url) => url.searchParams.get('depth') === '2');
    await shot(page, 'large-focus');
  });
});

inBrowser('a trace of 20,000 spans', ({ server, visit }) => {
  /** Elements of the waterfall: what is in sight and a little around it, whatever the trace. */
  const elements = (page: Page) => page.getByTestId('waterfall').locator('*').count();

  it('opens as one chain, and is walked from its first span to its last', async () => {
    const trace = chain();
    server.search.traces.push(trace);
    const page = await visit(`/traces/${trace.traceID}`);
    await page.getByText(`${MOST_SPANS} in 1 service`).waitFor();
    expect(await elements(page)).toBeLessThan(1_000);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(
      () => document.querySelector('[aria-selected=true]')?.getAttribute('aria-level') === '2',
    );
    await page.getByTestId('waterfall').evaluate((waterfall) => waterfall.scrollTo(0, 1e9));
    const last = page.locator(`[aria-level="${MOST_SPANS}"]`);
    await last.waitFor();
    // However deep, its name can be read.
    const name = await last.getByText('worker').boundingBox();
    const lane = await last.locator('> div').nth(1).boundingBox();
    expect((name?.x ?? Infinity) + (name?.width ?? 0)).toBeLessThan(lane?.x ?? 0);
    expect(await elements(page)).toBeLessThan(1_000);
    await shot(page, 'trace-chain');
    await page.getByTestId('waterfall').evaluate((waterfall) => waterfall.scrollTo(0, 0));
    await page.locator('[aria-level="2"]').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await page.getByText(`+${MOST_SPANS - 1}`).waitFor();
  });

  it('opens as one span that made all calls, with no more of the critical path than pixels', async () => {
    const trace = loop();
    server.search.traces.push(trace);
    const page = await visit(`/traces/${trace.traceID}`);
    await page.getByText(`${MOST_SPANS} in 1 service`).waitFor();
    expect(await elements(page)).toBeLessThan(1_000);
    await shot(page, 'trace-loop');
  });
});
