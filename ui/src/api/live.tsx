import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { windows, type Window } from './graph';
import { LiveStore, type Live } from './liveStore';
import { freshness, type Freshness, type Sighting } from '../model/freshness';

const StoreContext = createContext<LiveStore | undefined>(undefined);

export const asWindow = (text: string | null): Window => windows.find((window) => window === text) ?? '30s';

export function LiveProvider({ window, children }: { window: Window; children: ReactNode }) {
  const [store] = useState(() => new LiveStore());
  useEffect(() => {
    store.start(window);
    return () => store.stop();
  }, [store, window]);
  return <StoreContext value={store}>{children}</StoreContext>;
}

function useStore(): LiveStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useLive needs a LiveProvider above it');
  return store;
}

export function useLive(): Live & { retryNow: () => void } {
  const store = useStore();
  const live = useSyncExternalStore(store.subscribe, store.snapshot);
  return useMemo(() => ({ ...live, retryNow: () => store.retryNow() }), [live, store]);
}

/** The age of what is shown, ticking by itself: data grows old exactly when no event comes to say so. */
export function useFreshness(): Freshness {
  const { graph, receivedAt, connection } = useLive();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const sighting: Sighting | undefined = graph && {
    serverNow: graph.now,
    newestData: graph.newestData,
    receivedAt,
  };
  return freshness(connection, sighting, Math.max(now, receivedAt));
}
