import { css } from "lit";

/** A range input over a drawn track; `--low`, `--high` and `--at` are shares of the way. */
export const rangeInput = css`
  .track {
    position: relative;
    display: block;
    height: 1.75rem;
    --thumb: 1.125rem;
    --way: calc(100% - var(--thumb));
  }
  .track::before,
  .track i {
    content: "";
    position: absolute;
    top: 50%;
    height: 0.25rem;
    margin-top: -0.125rem;
    border-radius: 999px;
  }
  .track::before {
    inset-inline: 0;
    background: var(--line);
  }
  .track .band {
    left: calc(var(--thumb) / 2 + var(--way) * var(--low));
    width: calc(var(--way) * (var(--high) - var(--low)));
    height: 0.625rem;
    margin-top: -0.3125rem;
    background: color-mix(in srgb, var(--accent) 26%, var(--surface));
  }
  .track .filled {
    left: 0;
    width: calc(var(--thumb) / 2 + var(--way) * var(--at));
    background: var(--accent);
  }
  .track input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    appearance: none;
    background: none;
    cursor: pointer;
    touch-action: pan-y;
  }
  .track input::-webkit-slider-thumb {
    appearance: none;
    width: var(--thumb);
    height: var(--thumb);
    border: 2px solid var(--accent);
    border-radius: 50%;
    background: var(--surface);
  }
  .track input::-moz-range-thumb {
    box-sizing: border-box;
    width: var(--thumb);
    height: var(--thumb);
    border: 2px solid var(--accent);
    border-radius: 50%;
    background: var(--surface);
  }
  .asked .track input::-webkit-slider-thumb {
    background: var(--accent);
  }
  .asked .track input::-moz-range-thumb {
    background: var(--accent);
  }
  .track input:focus-visible {
    outline: none;
  }
  .track input:focus-visible::-webkit-slider-thumb {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .track input:focus-visible::-moz-range-thumb {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
`;
