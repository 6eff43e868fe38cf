export interface Sort {
  key: string;
  descending: boolean;
}

/** Unknown values last, whichever way; equal ones keep their order. */
export function sortRows<T>(
  rows: readonly T[],
  by: (row: T) => number | string | null,
  descending: boolean,
): T[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const x = by(a);
    const y = by(b);
    if (x === y) return 0;
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y ? -sign : sign;
  });
}

/** `rate` or `-rate`, as it stands in a URL. */
export function parseSort(text: string | null, fallback: Sort): Sort {
  if (!text) return fallback;
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}

export const sortText = ({ key, descending }: Sort): string => (descending ? `-${key}` : key);
