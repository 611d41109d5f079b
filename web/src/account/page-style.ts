import { css } from "lit";

/** Cards, lists and marks of the account's pages. */
export const pages = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 1.25rem;
  }
  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    padding: 1.25rem;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
  }
  .list {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
  }
  .list:empty {
    display: none;
  }
  .list > li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1rem;
    padding: 0.875rem 0;
    border-top: 1px solid var(--line);
  }
  .list > li:first-child {
    padding-top: 0;
    border-top: 0;
  }
  .list > li:last-child {
    padding-bottom: 0;
  }
  .what {
    display: grid;
    gap: 0.125rem;
    flex: 1 1 14rem;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .name {
    font-weight: 500;
  }
  .row,
  .send {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .more {
    justify-self: start;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    padding: 0.0625rem 0.5rem;
    border-radius: 999px;
    background: var(--hover);
    color: var(--muted);
    font-size: 0.75rem;
    font-weight: 500;
    white-space: nowrap;
  }
  .badge.good {
    background: var(--accent-soft);
    color: var(--good);
  }
  .badge.busy {
    background: color-mix(in srgb, var(--warn) 14%, var(--surface));
    color: var(--warn);
  }
  .badge.bad {
    background: color-mix(in srgb, var(--fault) 12%, var(--surface));
    color: var(--fault);
  }
  .progress {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .progress:empty {
    display: none;
  }
  .progress.good {
    color: var(--good);
  }
  .spinner {
    flex: none;
    width: 0.875rem;
    height: 0.875rem;
    border: 2px solid var(--line-strong);
    border-top-color: var(--accent);
    border-radius: 50%;
    animation: turn 800ms linear infinite;
  }
  fieldset {
    display: grid;
    gap: 0.5rem;
    min-width: 0;
  }
  legend {
    margin-bottom: 0.5rem;
  }
  .box {
    display: grid;
    grid-template-columns: 1.125rem minmax(0, 1fr);
    align-items: start;
    gap: 0.125rem 0.625rem;
    font-weight: 400;
    cursor: pointer;
  }
  .box input {
    width: 1.125rem;
    height: 1.125rem;
    margin: 0.125rem 0 0;
    accent-color: var(--accent);
  }
  .box .small {
    grid-column: 2;
  }
  code {
    font-size: 0.875em;
    overflow-wrap: anywhere;
  }
  @media (max-width: 480px) {
    .list > li:has(confirm-button, button) > .what {
      flex-basis: 100%;
    }
  }
  @keyframes turn {
    to {
      rotate: 1turn;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      animation: none;
    }
  }
`;
