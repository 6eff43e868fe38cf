import type { KubernetesWorkload } from '../api/graph';

/** An image as people call it: without the registry and its folders, with the tag, a digest cut short. */
export function imageName(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return name.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*$/, '@$1');
}

/** `1 of 2`, or just `2` where there are as many as there should be. */
export const replicas = ({ ready, desired }: { ready: number; desired: number }): string =>
  ready === desired ? String(ready) : `${ready} of ${desired}`;

/** Each zone once, in the order of the machines. */
export const zones = ({ machines }: Pick<KubernetesWorkload, 'machines'>): string[] => [
  ...new Set(machines.map(({ zone }) => zone).filter((zone): zone is string => zone !== null)),
];
