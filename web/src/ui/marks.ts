import { css } from "lit";

/** Marks of how something stands: a word, a turning wheel, a bar. */
export const marks = css`
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
  .meter {
    height: 0.5rem;
    border-radius: 999px;
    background: var(--hover);
    overflow: hidden;
  }
  .meter i {
    display: block;
    height: 100%;
    border-radius: inherit;
    background: var(--accent);
    transition: width 240ms;
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
    .meter i {
      transition: none;
    }
  }
`;
