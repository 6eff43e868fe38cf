import type { Instance } from '../api/mesh';
import { ago } from './format';
import type { Health } from './health';

export interface State {
  words: string;
  /** Set only where it is not well. */
  health: Health | undefined;
}

/** A certificate is renewed when a part of its life is left; one that is nearly over was not. */
const LITTLE_LEFT = 0.15;

export function certificateState({ certificate }: Instance, now: number): State {
  if (!certificate) return { words: 'none', health: undefined };
  const left = certificate.expires - now;
  if (left <= 0) return { words: `▲ expired ${ago(-left)} ago`, health: 'failing' };
  const life = certificate.expires - certificate.issued;
  if (left < life * LITTLE_LEFT) return { words: `▲ not renewed, ${ago(left)} left`, health: 'warning' };
  return { words: `${ago(left)} left`, health: undefined };
}

export function configurationState({ configuration }: Instance): State {
  if (!configuration) return { words: 'did not say', health: undefined };
  const words = `version ${configuration.version}, for ${ago(configuration.ageSeconds * 1000)}`;
  return configuration.newest !== false
    ? { words, health: undefined }
    : { words: `▲ ${words}, not the newest`, health: 'warning' };
}
