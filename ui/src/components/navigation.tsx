import {
  useMemo,
  useSyncExternalStore,
  type AnchorHTMLAttributes,
  type MouseEvent,
  type ReactNode,
} from 'react';

/** What a view shows stands in the URL: this is the whole router. */

const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());
window.addEventListener('popstate', tell);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const href = () => window.location.pathname + window.location.search;

export type Params = Record<string, string | null | undefined>;

/** `replace` leaves no step for Back: for typing and sorting, not for choosing. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === href()) return;
  if (replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  tell();
}

export interface Location {
  path: string;
  params: URLSearchParams;
}

export function useLocation(): Location {
  const at = useSyncExternalStore(subscribe, href);
  return useMemo(() => {
    const [path = '/', query = ''] = at.split('?');
    return { path, params: new URLSearchParams(query) };
  }, [at]);
}

/** A path with its parameters; null, undefined and empty ones are left out. */
export function url(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value) query.set(key, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The present URL with some parameters changed; null takes one away. */
export function urlWith(changes: Params): string {
  const params = new URLSearchParams(window.location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value) params.set(key, value);
    else params.delete(key);
  }
  const text = params.toString();
  return text ? `${window.location.pathname}?${text}` : window.location.pathname;
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  children: ReactNode;
}

/** A plain link that stays in the page; a click with a modifier is the browser's. */
export function Link({ to, children, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

let search = '/traces';

/** Where "back to the traces" leads: the search as it was left, also after looking at several traces. */
export const rememberSearch = (to: string): void => {
  search = to;
};
export const rememberedSearch = (): string => search;
