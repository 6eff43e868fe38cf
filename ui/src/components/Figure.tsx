import type { Figure as Parts } from '../model/format';

/** A number as typography: the unit small and grey. */
export function Figure({ of: { value, unit } }: { of: Parts }) {
  return (
    <>
      {value}
      {unit && <span className="unit">{unit}</span>}
    </>
  );
}
