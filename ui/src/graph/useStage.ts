import { useEffect, useState } from 'react';
import type { Viewport } from './viewport';

/** How much more than the window is painted, on each side, so that a pan uncovers nothing unpainted. */
export const OVERSCAN = 0.35;
const SETTLE_MS = 140;

export interface Stage {
  /** The view for which marks are rendered. */
  view: Viewport;
  /** What brings that picture to the present view, where they differ: the compositor's work, not ours. */
  shift: string | undefined;
}

/**
 * A map of thousands of marks is not painted anew in each frame of a pan or a zoom: the finished picture is moved, and
 * painted again where it does not reach any more, or when the hand rests.
 */
export function useStage(view: Viewport, size: { width: number; height: number }, heavy: boolean): Stage {
  const [painted, setPainted] = useState(view);
  const reaches = heavy && inReach(view, painted, size);
  const stage = reaches ? painted : view;
  if (heavy && stage !== painted) setPainted(stage);
  useEffect(() => {
    if (!heavy || painted === view) return;
    const timer = setTimeout(() => setPainted(view), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [heavy, painted, view]);
  if (stage === view) return { view, shift: undefined };
  const k = view.scale / stage.scale;
  return {
    view: stage,
    shift: `translate(${view.x - stage.x * k}px, ${view.y - stage.y * k}px) scale(${k})`,
  };
}

function inReach(view: Viewport, painted: Viewport, size: { width: number; height: number }): boolean {
  const k = view.scale / painted.scale;
  if (k < 0.7 || k > 1.6) return false;
  const covers = (shift: number, length: number) =>
    -shift / k >= -OVERSCAN * length && (length - shift) / k <= (1 + OVERSCAN) * length;
  return covers(view.x - painted.x * k, size.width) && covers(view.y - painted.y * k, size.height);
}
