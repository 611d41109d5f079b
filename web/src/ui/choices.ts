import { css } from "lit";

/** Radio buttons drawn as pills or as colour swatches. */
export const choices = css`
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .choice {
    position: relative;
    display: inline-flex;
    cursor: pointer;
  }
  .choice input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .choice span.pill {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.375rem;
    min-width: 2.75rem;
    min-height: 2.25rem;
    padding: 0 0.875rem;
    border: 1px solid var(--line-strong);
    border-radius: 999px;
    background: var(--surface);
    font-size: 0.875rem;
  }
  .choice:hover span.pill {
    background: var(--hover);
  }
  .choice input:checked + span.pill {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--surface);
  }
  .choice span.swatch {
    width: 2rem;
    height: 2rem;
    border-radius: 50%;
    background: var(--color);
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--ink) 22%, transparent);
  }
  .choice input:checked + span.swatch {
    box-shadow:
      inset 0 0 0 1px color-mix(in srgb, var(--ink) 22%, transparent),
      0 0 0 2px var(--surface),
      0 0 0 4px var(--accent);
  }
  .choice input:focus-visible + span {
    outline: 2px solid var(--accent);
    outline-offset: 4px;
  }
  .segments {
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: 1fr;
    padding: 3px;
    border-radius: var(--radius);
    background: var(--hover);
  }
  .segments .choice span {
    flex: 1;
    padding: 0.4375rem 0.5rem;
    border-radius: calc(var(--radius) - 2px);
    font-size: 0.875rem;
    text-align: center;
    color: var(--muted);
  }
  .segments .choice input:checked + span {
    background: var(--surface);
    color: var(--ink);
    font-weight: 500;
    box-shadow: 0 1px 2px rgb(0 0 0 / 14%);
  }
`;
