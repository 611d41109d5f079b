import { css } from "lit";

/** Forms with a label above each field. */
export const forms = css`
  form,
  form > div {
    display: grid;
    gap: 1rem;
  }
  form > div {
    gap: 0.375rem;
  }
  label {
    font-size: 0.875rem;
    font-weight: 500;
  }
  .field {
    height: 2.75rem;
  }
  form > .button {
    min-height: 2.875rem;
  }
`;
