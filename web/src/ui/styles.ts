import { css } from "lit";

/** Buttons, fields and texts that look the same in every element. */
export const controls = css`
  :host {
    box-sizing: border-box;
    display: block;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  h1,
  h2,
  h3,
  p,
  fieldset,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
    border: 0;
  }
  ul {
    list-style: none;
  }
  h2 {
    font-size: 1.0625rem;
    font-weight: 500;
    letter-spacing: -0.01em;
  }
  h3,
  legend {
    padding: 0;
    font-size: 0.75rem;
    font-weight: 500;
    letter-spacing: 0.06em;
    text-transform: uppercase;
    color: var(--muted);
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.55;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-height: 2.5rem;
    padding: 0 1rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    font-weight: 500;
    text-decoration: none;
    transition: background 120ms;
  }
  .button:hover:enabled {
    background: var(--hover);
  }
  .button.primary {
    border-color: transparent;
    background: var(--accent);
    color: var(--on-accent);
  }
  .button.primary:hover:enabled {
    background: var(--accent-strong);
  }
  .button.danger {
    border-color: var(--fault);
    color: var(--fault);
  }
  .button.small-button {
    min-height: 2.25rem;
    padding: 0 0.75rem;
    font-size: 0.875rem;
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 2rem;
    height: 2rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--muted);
  }
  .icon-button:hover:enabled {
    background: var(--hover);
    color: var(--ink);
  }
  .text-button {
    padding: 0.25rem 0;
    border: 0;
    background: none;
    color: var(--accent);
    font-weight: 500;
    text-decoration: underline;
    text-decoration-color: transparent;
    text-underline-offset: 3px;
  }
  .text-button:hover:enabled {
    text-decoration-color: currentColor;
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.8125rem;
  }
  .fault {
    color: var(--fault);
    font-size: 0.8125rem;
  }
  .field {
    width: 100%;
    height: 2.5rem;
    padding: 0 0.75rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--field);
  }
  .field[aria-invalid="true"] {
    border-color: var(--fault);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
