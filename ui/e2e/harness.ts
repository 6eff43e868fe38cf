import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { executablePath, launch, open, settled, type Opened } from './browser';
import { FixtureServer } from './fixtures/server';

export interface World {
  server: FixtureServer;
  /** Opens a path of the pages; it is closed after the test, which fails on any stray request or error of the page. */
  visit: (path: string, options?: BrowserContextOptions) => Promise<Page>;
}

/** A group of browser tests over fixtures. Without Chromium each of them is reported as skipped, by its name. */
export function inBrowser(name: string, tests: (world: World) => void): void {
  describe.skipIf(!executablePath)(name, () => {
    let browser: Browser;
    const opened: Opened[] = [];
    const server = new FixtureServer();
    beforeAll(async () => {
      await server.start();
      browser = await launch();
    });
    afterEach(async () => {
      const pages = opened.splice(0);
      await Promise.all(pages.map((page) => page.close()));
      server.calm();
      if (!server.running) await server.start();
      const wrong = pages.flatMap(({ strays, errors }) => [
        ...strays.map((url) => `asked elsewhere: ${url}`),
        ...errors,
      ]);
      if (wrong.length > 0) throw new Error(`The page misbehaved:\n${wrong.join('\n')}`);
    });
    afterAll(async () => {
      await browser.close();
      await server.stop();
    });
    tests({
      server,
      visit: async (path, options) => {
        const page = await open(browser, server.url + path, options);
        opened.push(page);
        return page.page;
      },
    });
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

const conformance = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** What axe finds against WCAG 2 A and AA, contrast included, or against these rules alone; one line each. */
export async function accessibilityProblems(page: Page, rules = conformance): Promise<string[]> {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const violations = await page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: Violation[] }> };
    };
    return (await axe.run({ runOnly, resultTypes: ['violations'] })).violations;
  }, rules);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map((node) => `${id}: ${help} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}
