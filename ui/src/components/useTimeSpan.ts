import { useMemo } from 'react';
import { parseTimeSpan, rangeParams, type Lookback, type Range, type TimeSpan } from '../model/timeRange';
import { navigate, urlWith, useLocation } from './navigation';

/** The time that rules this page, as the URL says it. */
export function useTimeSpan(): TimeSpan {
  const { params } = useLocation();
  return useMemo(() => parseTimeSpan(params), [params]);
}

export const goTime = {
  range: (range: Range | undefined, replace = false) => navigate(urlWith(rangeParams(range)), { replace }),
  lookback: (lookback: Lookback) =>
    navigate(urlWith({ ...rangeParams(undefined), lookback: lookback === '15m' ? null : lookback })),
};
