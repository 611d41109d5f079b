import { css } from "lit";

/** A square that a picture fills: it is there before the picture is, and where none comes. */
export const squarePlace = css`
  :host {
    display: block;
    aspect-ratio: 1;
    background: var(--hover);
  }
  img {
    display: block;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
`;
