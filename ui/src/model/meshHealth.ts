import type { Limits, Mesh } from '../api/mesh';
import { count } from './format';
import { certificateState, configurationState } from './instances';

/** More records than this that a reader has not read yet are worth a word. */
const MUCH_BEHIND = 10_000;

/** What is not as it should be, in sentences; what stops traffic first. */
export function meshProblems({ proxies, pipeline, now }: Mesh, limits: Limits | undefined): string[] {
  const alive = proxies.filter((proxy) => !proxy.stale);
  const states = alive.map((proxy) => certificateState(proxy, now).health);
  const expired = states.filter((health) => health === 'failing').length;
  const overdue = states.filter((health) => health === 'warning').length;
  const silent = proxies.length - alive.length;
  const behind = alive.filter((proxy) => configurationState(proxy).health).length;
  const drops = proxies.reduce((sum, proxy) => sum + proxy.dropped.spans + proxy.dropped.metrics, 0);
  const late = pipeline.groups.filter((group) => group.lag > MUCH_BEHIND);
  const gone = pipeline.instances.filter((instance) => !instance.answers);
  const beyond = Object.values(limits?.dropped ?? {}).reduce((sum, n) => sum + n, 0);
  const sidecars = (n: number) => `${count(n)} ${n === 1 ? 'sidecar' : 'sidecars'}`;
  return [
    expired > 0 && `The certificate of ${sidecars(expired)} has expired: nothing can reach it by mutual TLS.`,
    overdue > 0 && `The certificate of ${sidecars(overdue)} was not renewed in time.`,
    silent > 0 && `${sidecars(silent)} ${silent === 1 ? 'is' : 'are'} not heard of any more.`,
    behind > 0 &&
      `${sidecars(behind)} ${behind === 1 ? 'has' : 'have'} not the newest configuration of the workload.`,
    pipeline.status === 'stale' && 'Nothing new has come from the sidecars for a while.',
    ...late.map((group) => `${group.group} is ${count(group.lag)} records behind on ${group.topic}.`),
    ...gone.map((instance) => `The topology service at ${instance.address} does not answer.`),
    drops > 0 && `${count(drops)} reports were dropped by sidecars.`,
    beyond > 0 && `${count(beyond)} points went beyond the graph’s bounds.`,
  ].filter((problem) => typeof problem === 'string');
}
