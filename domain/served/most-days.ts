/** Longest time for which requests can be kept before they are deleted, days: a hundred years. */
export const MOST_DAYS = 36_525;
