import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Box } from './layout';
import { between, fit, reveal, zoomAt, type Insets, type Viewport } from './viewport';

const GLIDE_MS = 200;

export interface ViewportControl {
  view: Viewport;
  /** Whether the view is that of the present bounds: before, there is nothing to move from. */
  ready: boolean;
  /** Whether the view is on its way to where it was sent. */
  gliding: boolean;
  size: { width: number; height: number };
  fitAll: () => void;
  zoomBy: (factor: number) => void;
  revealBox: (box: Box) => void;
  /** True while the last press was a drag: its click selects nothing. */
  dragged: () => boolean;
}

/**
 * Pan by drag, zoom by wheel or pinch. As long as nobody has moved the map it keeps everything in sight by itself; from
 * the first touch on it stays where it was put.
 */
export function useViewport(
  ref: RefObject<HTMLElement | null>,
  bounds: Box | undefined,
  insets: Insets,
): ViewportControl {
  const [view, setView] = useState<Viewport>({ x: 0, y: 0, scale: 1 });
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [touched, setTouched] = useState(false);
  const [ready, setReady] = useState(false);
  const wasDragged = useRef(false);
  const { glide, gliding, stop } = useGlide(view, setView);

  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);

  const { top, right, bottom, left } = insets;
  const fitted = useCallback(
    () => bounds && size.width > 0 && fit(bounds, size.width, size.height, { top, right, bottom, left }),
    [bounds, size, top, right, bottom, left],
  );

  // A panel that opens covers part of the map but moves nothing: only new bounds or a new window fit again.
  const fittedFor = useRef<{ bounds: Box; width: number; height: number } | undefined>(undefined);
  useEffect(() => {
    if (touched || !bounds) return;
    const last = fittedFor.current;
    if (last?.bounds === bounds && last.width === size.width && last.height === size.height) return;
    const next = fitted();
    if (!next) return;
    fittedFor.current = { bounds, ...size };
    if (last) glide(next);
    else {
      setView(next);
      setReady(true);
    }
  }, [touched, bounds, size, fitted, glide]);

  const take = useCallback(() => {
    stop();
    setTouched(true);
  }, [stop]);
  useGestures(ref, setView, take, wasDragged);

  return {
    view,
    ready,
    gliding,
    size,
    fitAll: useCallback(() => {
      const next = fitted();
      if (next) glide(next);
      setTouched(false);
    }, [fitted, glide]),
    zoomBy: useCallback(
      (factor: number) => {
        setTouched(true);
        glide((from) => zoomAt(from, { x: (size.width - right) / 2, y: size.height / 2 }, factor));
      },
      [glide, size, right],
    ),
    revealBox: useCallback(
      (box: Box) => glide((from) => reveal(from, box, size.width, size.height, { top, right, bottom, left })),
      [glide, size, top, right, bottom, left],
    ),
    dragged: useCallback(() => wasDragged.current, []),
  };
}

type Target = Viewport | ((from: Viewport) => Viewport);

interface Glide {
  glide: (to: Target) => void;
  gliding: boolean;
  /** Leaves the view where it is: whoever takes hold of the map has it. */
  stop: () => void;
}

/** Moves the view over 200 ms, or at once where motion is not wanted. */
function useGlide(view: Viewport, setView: (view: Viewport) => void): Glide {
  const current = useRef(view);
  const frame = useRef(0);
  const [gliding, setGliding] = useState(false);
  useLayoutEffect(() => {
    current.current = view;
  }, [view]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const stop = useCallback(() => {
    cancelAnimationFrame(frame.current);
    setGliding(false);
  }, []);
  const glide = useCallback(
    (target: Target) => {
      stop();
      const from = current.current;
      const to = typeof target === 'function' ? target(from) : target;
      if (Math.abs(to.x - from.x) + Math.abs(to.y - from.y) < 1 && to.scale === from.scale) return;
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
        setView(to);
        return;
      }
      const start = performance.now();
      const tick = (now: number) => {
        const t = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
        setView(between(from, to, 1 - (1 - t) ** 3));
        if (t < 1) frame.current = requestAnimationFrame(tick);
        else setGliding(false);
      };
      setGliding(true);
      frame.current = requestAnimationFrame(tick);
    },
    [setView, stop],
  );
  return { glide, gliding, stop };
}

function useGestures(
  ref: RefObject<HTMLElement | null>,
  setView: (change: (view: Viewport) => Viewport) => void,
  take: () => void,
  wasDragged: RefObject<boolean>,
): void {
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const fingers = new Map<number, { x: number; y: number }>();
    let travelled = 0;

    const local = (event: { clientX: number; clientY: number }) => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      take();
      const lines = event.deltaMode === 1 ? 16 : 1;
      if (event.shiftKey)
        setView((view) => ({ ...view, x: view.x - (event.deltaX || event.deltaY) * lines }));
      else
        setView((view) =>
          zoomAt(view, local(event), Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016))),
        );
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target as Element).closest('[data-fixed]')) return;
      fingers.set(event.pointerId, local(event));
      travelled = 0;
      wasDragged.current = false;
    };
    const move = (event: PointerEvent) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = local(event);
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      if (travelled < 4) return;
      // Captured only once it is a drag: a captured pointer sends its click to the map instead of the node.
      if (!wasDragged.current) element.setPointerCapture(event.pointerId);
      wasDragged.current = true;
      take();
      if (other) {
        const ratio =
          Math.hypot(now.x - other.x, now.y - other.y) /
          Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
        setView((view) => zoomAt(view, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }, ratio));
      } else {
        setView((view) => ({ ...view, x: view.x + now.x - before.x, y: view.y + now.y - before.y }));
      }
    };
    const up = (event: PointerEvent) => fingers.delete(event.pointerId);

    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', up);
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', up);
    };
  }, [ref, setView, take, wasDragged]);
}
