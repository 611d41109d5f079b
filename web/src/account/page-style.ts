import { css } from "lit";
import { marks } from "../ui/marks";

/** Cards, lists and marks of the account's pages. */
export const pages = css`
  ${marks}
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
`;
