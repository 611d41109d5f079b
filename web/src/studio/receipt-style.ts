import { css } from "lit";

/** The receipt's badge and table. */
export const receiptTable = css`
  .badge {
    display: inline-flex;
    align-items: center;
    justify-self: start;
    gap: 0.5rem;
    padding: 0.3125rem 0.75rem;
    border-radius: 999px;
    font-weight: 500;
    font-size: 0.875rem;
  }
  .badge.within {
    background: var(--accent-soft);
    color: var(--good);
  }
  .badge.outside {
    background: color-mix(in srgb, var(--warn) 14%, var(--surface));
    color: var(--warn);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.375rem 0.25rem;
    border-top: 1px solid var(--line);
    font-weight: 400;
    text-align: right;
    white-space: nowrap;
  }
  th:first-child {
    padding-left: 0;
    text-align: left;
    white-space: normal;
  }
  thead th {
    border-top: 0;
    color: var(--muted);
    font-size: 0.75rem;
  }
  tr.shown {
    background: color-mix(in srgb, var(--tape) 10%, transparent);
  }
  tr button {
    padding: 0;
    border: 0;
    background: none;
    text-align: left;
  }
  tr.shown button {
    color: var(--tape);
  }
  td svg,
  .far svg {
    width: 0.9375rem;
    height: 0.9375rem;
    margin-right: 0.25rem;
    vertical-align: -2px;
    color: var(--warn);
  }
`;
