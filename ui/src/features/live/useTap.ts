import { useEffect, useState } from 'react';
import { TapStream, type Exchange, type TapStarted, type TapStatus } from '../../api/tap';

/** The newest exchanges that are kept; older ones leave. */
const MOST_ROWS = 1_000;

export interface Tap {
  state: 'idle' | 'asking' | 'running' | 'broken' | 'over';
  /** Newest first. */
  exchanges: readonly Exchange[];
  received: number;
  started: TapStarted | undefined;
  status: TapStatus | undefined;
  over: { message: string; status: number } | undefined;
}

const idle: Tap = {
  state: 'idle',
  exchanges: [],
  received: 0,
  started: undefined,
  status: undefined,
  over: undefined,
};

/** Follows the tap while there is a token; another question, or another round of the same one, begins anew. */
export function useTap(query: string, token: string, round: number): Tap {
  const [tap, setTap] = useState(idle);
  const [asked, setAsked] = useState('');
  const question = `${token}\n${query}\n${round}`;
  if (asked !== question) {
    setAsked(question);
    setTap(token ? { ...idle, state: 'asking' } : idle);
  }
  useEffect(() => {
    if (!token) return;
    const stream = new TapStream(new URLSearchParams(query), token, {
      started: (started) => setTap((last) => ({ ...last, state: 'running', started, over: undefined })),
      status: (status) => setTap((last) => ({ ...last, status })),
      exchanges: (exchanges) =>
        setTap((last) => ({
          ...last,
          received: last.received + exchanges.length,
          exchanges: [...exchanges.toReversed(), ...last.exchanges].slice(0, MOST_ROWS),
        })),
      over: ({ message, status, retry }) =>
        setTap((last) => ({ ...last, state: retry ? 'broken' : 'over', over: { message, status } })),
    });
    return () => stream.close();
  }, [query, token, round]);
  return tap;
}

const KEY = 'tracery.tap';

/** The token lives as long as the tab: it is a right to read people's requests, so it is in no URL and outlives nothing. */
export function useToken(): [string, (token: string) => void] {
  const [token, setToken] = useState(() => {
    try {
      return sessionStorage.getItem(KEY) ?? '';
    } catch {
      return '';
    }
  });
  return [
    token,
    (next) => {
      setToken(next);
      try {
        if (next) sessionStorage.setItem(KEY, next);
        else sessionStorage.removeItem(KEY);
      } catch {
        // Storage can be forbidden; the token then lasts as long as the page.
      }
    },
  ];
}
