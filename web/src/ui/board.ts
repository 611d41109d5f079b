import { css } from "lit";

/** The place of a picture; what is transparent in it shows a chequered ground. */
export const board = css`
  .board {
    display: grid;
    place-items: center;
    width: 100%;
    aspect-ratio: 1;
    border-radius: var(--radius);
    background: repeating-conic-gradient(var(--hover) 0 25%, var(--surface) 0 50%) 0 0 / 1.25rem 1.25rem;
    overflow: hidden;
  }
  .board img {
    display: block;
    width: 100%;
    height: 100%;
  }
  .board span {
    padding: 0.25rem 0.5rem;
    border-radius: var(--radius);
    background: var(--surface);
  }
`;
