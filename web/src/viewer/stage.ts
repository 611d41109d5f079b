import { Box3, NoToneMapping, PCFShadowMap, Scene, Vector3, WebGLRenderer, type Object3D } from "three";
import { disposeOf } from "./dispose";
import { shadowFloor, studioLights, studioReflections } from "./lights";
import { Orbit } from "./orbit";

/** Sharper than this costs more than the eye sees. */
const MAX_PIXEL_RATIO = 2;

/** A lit studio with one subject; draws only when something changed. */
export class Stage {
  readonly orbit: Orbit;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  #subject: Object3D | null = null;
  #overlay: Object3D | null = null;
  #framed = false;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.#renderer.toneMapping = NoToneMapping;
    this.#renderer.shadowMap.enabled = true;
    this.#renderer.shadowMap.type = PCFShadowMap;
    this.#reflect();
    this.#scene.environmentIntensity = 0.38;
    this.#scene.add(studioLights(), shadowFloor());
    this.orbit = new Orbit(canvas);
    this.orbit.controls.addEventListener("change", () => {
      this.invalidate();
    });
    // A phone takes the card from a page in the background. three.js brings back all but what was drawn there.
    canvas.addEventListener("webglcontextrestored", () => {
      this.#reflect();
      this.invalidate();
    });
  }

  /** Replaces the subject. The one before is freed unless it is to be shown again. */
  show(subject: Object3D, keepFormer: boolean): void {
    if (subject === this.#subject) return;
    this.#remove(this.#subject, !keepFormer);
    this.#subject = subject;
    this.#scene.add(subject);
    this.invalidate();
  }

  /** Draws a line over the subject, or removes it. */
  overlay(object: Object3D | null): void {
    this.#remove(this.#overlay, true);
    this.#overlay = object;
    if (object) this.#scene.add(object);
    this.invalidate();
  }

  /** Fits the view to the subject the first time, and later only the size that the view buttons go by. */
  frameSubject(): void {
    if (!this.#subject) return;
    this.orbit.hold(new Box3().setFromObject(this.#subject).getSize(new Vector3()));
    if (!this.#framed) this.orbit.look("front");
    this.#framed = true;
  }

  resize(width: number, height: number): void {
    if (width === 0 || height === 0) return;
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, MAX_PIXEL_RATIO));
    this.#renderer.setSize(width, height, false);
    this.orbit.resize(width, height);
    this.invalidate();
  }

  invalidate(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.orbit.controls.update();
      this.#renderer.render(this.#scene, this.orbit.camera);
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.orbit.controls.dispose();
    disposeOf(this.#scene);
    this.#renderer.dispose();
  }

  /** The light of the studio from all sides, which is drawn once. */
  #reflect(): void {
    this.#scene.environment?.dispose();
    this.#scene.environment = studioReflections(this.#renderer);
  }

  #remove(object: Object3D | null, free: boolean): void {
    if (!object) return;
    this.#scene.remove(object);
    if (free) disposeOf(object);
  }
}
