import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const KEY = 'tracery.theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

/** The page's theme always stands on the root element, so that CSS and canvases read one place. */
function apply(): void {
  document.documentElement.dataset.theme = current();
  listeners.forEach((listener) => listener());
}

function themeOf(dark: boolean): Theme {
  return dark ? 'dark' : 'light';
}

function chosen(): Theme | null {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}

let choice = chosen();
// Who reads `system.matches` between a change and its event swallows the event; so only the event is read.
let preferred = themeOf(system.matches);
const current = (): Theme => choice ?? preferred;

system.addEventListener('change', ({ matches }) => {
  preferred = themeOf(matches);
  apply();
});
apply();

/** Choosing what the system prefers anyway means following the system again. */
export function toggleTheme(): void {
  const next: Theme = current() === 'dark' ? 'light' : 'dark';
  choice = next === preferred ? null : next;
  try {
    if (choice) localStorage.setItem(KEY, choice);
    else localStorage.removeItem(KEY);
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
  apply();
}

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
