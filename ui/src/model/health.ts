/** Health is the only thing that colour says; each level has a shape and a word as well. */
export type Health = 'healthy' | 'warning' | 'failing' | 'unknown';

/** Below these shares of success a node or an edge is marked. */
export const WARNING_BELOW = 0.99;
export const FAILING_BELOW = 0.95;

export function healthOf(successShare: number | null | undefined): Health {
  if (successShare == null) return 'unknown';
  if (successShare < FAILING_BELOW) return 'failing';
  if (successShare < WARNING_BELOW) return 'warning';
  return 'healthy';
}

export const isTrouble = (health: Health): health is 'warning' | 'failing' =>
  health === 'warning' || health === 'failing';

export const healthWord: Record<Health, string> = {
  healthy: 'healthy',
  warning: 'some requests fail',
  failing: 'failing',
  unknown: 'no requests in the window',
};

/** Edge widths come in four steps and node sizes in three, by requests per second, so that a legend can name them. */
export const EDGE_STEPS = [1, 10, 100] as const;
export const NODE_STEPS = [10, 100] as const;

const step = (value: number | null, bounds: readonly number[]) =>
  bounds.filter((bound) => (value ?? 0) >= bound).length;

export const edgeStep = (requestRate: number | null): number => step(requestRate, EDGE_STEPS);
export const nodeStep = (requestRate: number | null): number => step(requestRate, NODE_STEPS);
