import { useEffect, useState } from 'react';
import { useLive } from '../api/live';

/** The server's clock, ticking here: it stands on the newest event plus what has passed since by our own clock. */
export function useNow(everyMs = 1000): number {
  const { graph, receivedAt } = useLive();
  const [own, setOwn] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setOwn(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return graph ? graph.now + Math.max(0, own - receivedAt) : own;
}
